! workspace.f90: two workers run a task with a large local array at once, as each waits for the other with its array filled. Prints what they
! find in it. Without -frecursive gfortran would have made the array one for both.
module work
    use rankpool
    implicit none
    integer, volatile :: filled(0:1) = 0

    interface
        function sched_yield() bind(c) result(status)
            import :: c_int
            integer(c_int) :: status
        end function
    end interface

contains

    subroutine fill(n, results, x) bind(c)
        integer(c_size_t), value :: n
        real(c_double), intent(out) :: results(n)
        real(c_double), intent(in) :: x(n)
        real(c_double) :: room(20000)
        integer :: item
        integer(c_int) :: none
        item = int(rp_item_index())
        none = 0
        room = x(1)
        filled(item) = 1
        do while (filled(1 - item) == 0)
            none = sched_yield()
        end do
        results = sum(room)/20000 + none
    end subroutine

    subroutine client(pool, status)
        type(rp_pool), intent(in) :: pool
        integer, intent(inout) :: status
        real(c_double), target :: numbers(2) = [1, 2], results(2)
        type(rp_error) :: error
        status = rp_map(pool, 'fill', results, rp_column(numbers), error)
        if (status == RP_OK) print '(2f6.2)', results
        if (status /= RP_OK) print '(a)', rp_text(error)
        if (rp_map(pool, 'empty', results, rp_column(numbers), error) == RP_USAGE) print '(a)', rp_text(error)
    end subroutine

end module

program workspace
    use rankpool
    use work
    implicit none
    type(rp_options) :: options
    call rp_task('fill', c_funloc(fill), RP_DOUBLE, [RP_DOUBLE])
    if (rp_set(options, 'executor', 'pthread') /= RP_OK) stop 3
    if (rp_set(options, 'threads', '2') /= RP_OK) stop 3
    if (rp_set(options, 'chunk', '1') /= RP_OK) stop 3
    call rp_main(client, options)
end program
