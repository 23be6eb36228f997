! ranks.f90: prints how many ranks there are, outside rp_main: 1.
program ranks
    use, intrinsic :: iso_c_binding
    implicit none
    interface
        function rp_main_ranks() bind(c) result(n)
            import :: c_int
            integer(c_int) :: n
        end function
    end interface
    print '(i0)', rp_main_ranks()
end program
