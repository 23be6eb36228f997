! forgets.f90: two ranks, of which one doesn't register the task, as its variable FORGETS says. The pool can't be opened, and a line names it.
module work
    use rankpool
    implicit none

contains

    subroutine square(n, results, x) bind(c)
        integer(c_size_t), value :: n
        real(c_double), intent(out) :: results(n)
        real(c_double), intent(in) :: x(n)
        results = x*x
    end subroutine

    subroutine client(pool, status)
        type(rp_pool), intent(in) :: pool
        integer, intent(inout) :: status
        type(rp_error) :: error
        real(c_double) :: total
        status = rp_reduce(pool, 'square', 'sum', total, 10_c_int64_t, [rp_range(0_c_int64_t, 1_c_int64_t)], error)
        if (status == RP_OK) print '(a, f6.1)', 'the sum is', total
    end subroutine

end module

program forgets
    use rankpool
    use work
    implicit none
    character(len=3) :: forgotten
    call get_environment_variable('FORGETS', forgotten)
    if (forgotten /= 'yes') call rp_task('square', c_funloc(square), RP_DOUBLE, [RP_DOUBLE])
    call rp_main(client)
end program
