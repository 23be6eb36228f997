! module.f90: the same in Fortran, with the module. The task has a large local array of its own.
module work
    use rankpool
    implicit none

contains

    subroutine half(n, results, x) bind(c)
        integer(c_size_t), value :: n
        real(c_double), intent(out) :: results(n)
        real(c_double), intent(in) :: x(n)
        real(c_double) :: room(20000)
        integer(c_size_t) :: i
        do i = 1, n
            room = x(i)
            results(i) = sum(room)/40000
        end do
    end subroutine

    subroutine client(pool, status)
        type(rp_pool), intent(in) :: pool
        integer, intent(inout) :: status
        real(c_double) :: total
        status = rp_reduce(pool, 'half', 'sum', total, 100_c_int64_t, [rp_range(0_c_int64_t, 1_c_int64_t)])
        if (status == RP_OK) print '(i0)', nint(total)
    end subroutine

end module

program halves
    use rankpool
    use work
    implicit none
    call rp_task('half', c_funloc(half), RP_DOUBLE, [RP_DOUBLE])
    call rp_main(client)
end program
