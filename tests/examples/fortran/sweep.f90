! sweep.f90: the kinetic energy of one mass at many speeds, their sum, and an item that fails.
!
!     ./sweep                  on the cores of this machine
!     mpirun -n 4 ./sweep      on four ranks
module work
    use rankpool
    implicit none

contains

    ! A task has many items at once.
    subroutine energy(n, results, mass, speed) bind(c)
        integer(c_size_t), value :: n
        real(c_double), intent(out) :: results(n)
        real(c_double), intent(in) :: mass(n), speed(n)
        results = 0.5_c_double*mass*speed**2
    end subroutine

    subroutine root(n, results, x) bind(c)
        integer(c_size_t), value :: n
        real(c_double), intent(out) :: results(n)
        real(c_double), intent(in) :: x(n)
        if (any(x < 0)) call rp_fail(1, 'no root of a negative number')
        results = sqrt(abs(x))
    end subroutine

    subroutine client(pool, status)
        type(rp_pool), intent(in) :: pool
        integer, intent(inout) :: status
        real(c_double), target :: speeds(1000), energies(1000)
        real(c_double) :: total, largest
        integer(c_int64_t), parameter :: zero = 0, one = 1, million = 1000000, n = 1001
        integer(c_int64_t) :: which
        type(rp_values) :: mass, steps
        type(rp_error) :: error
        integer :: i

        mass = rp_constant(2.5_c_double)
        steps = rp_linspace(0.0_c_double, 3.0_c_double, 1001)
        speeds = [(0.1_c_double*i, i=0, 999)]
        status = rp_starmap(pool, 'energy', energies, [mass, rp_column(speeds)], error)
        if (status == RP_OK) print '(3f10.2)', energies(101), energies(501), energies(1000)

        ! Every tenth speed, as a section.
        if (status == RP_OK) status = rp_map(pool, 'root', energies(1:100), rp_column(speeds(1::10)), error)
        if (status == RP_OK) print '(2f10.6)', energies(2), energies(100)

        ! A million results folded into one, and where the largest of 1001 is.
        if (status == RP_OK) status = rp_reduce(pool, 'energy', 'sum', total, million, [mass, rp_range(zero, one)], error)
        if (status == RP_OK) print '(es14.7)', total
        if (status == RP_OK) status = rp_reduce(pool, 'energy', 'max', largest, n, [mass, steps], error, which)
        if (status == RP_OK) print '(f6.3, a, i0)', largest, ' at ', which
        if (status /= RP_OK) print '(a)', rp_text(error)

        speeds(7) = -1
        if (rp_map(pool, 'root', energies, rp_column(speeds), error) == RP_FAILED) print '(a, i0)', 'failed with code ', error%code
    end subroutine

end module

program sweep
    use rankpool
    use work
    implicit none
    call rp_task('energy', c_funloc(energy), RP_DOUBLE, [RP_DOUBLE, RP_DOUBLE])
    call rp_task('root', c_funloc(root), RP_DOUBLE, [RP_DOUBLE])
    call rp_main(client)
end program
