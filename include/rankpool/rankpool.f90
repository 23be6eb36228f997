! rankpool.f90: the pool in Fortran 2008. Module files differ between compilers, so this source is installed, and compiled with the
! program:
!
!     gfortran -frecursive rankpool.f90 sweep.f90 -lrankpool
!
! -frecursive (or -fopenmp) is needed: without it gfortran makes large local arrays of a procedure one for all threads.
!
! A task is a subroutine of many items at once, with bind(c): the number of items, their results, then an array for each argument:
!
!     subroutine energy(n, results, mass, speed) bind(c)
!         integer(c_size_t), value :: n
!         real(c_double), intent(out) :: results(n)
!         real(c_double), intent(in) :: mass(n), speed(n)
!         results = 0.5_c_double * mass * speed**2
!     end subroutine
!
! Each rank registers it before rp_main, which is the end of the program:
!
!     call rp_task('energy', c_funloc(energy), RP_DOUBLE, [RP_DOUBLE, RP_DOUBLE])
!     call rp_main(client)
!
! The client runs on rank 0, and makes calls: rp_map for one argument, rp_starmap for any number, rp_reduce for one value of all
! results. Arrays are real(c_double), real(c_float), integer(c_int) or integer(c_int64_t), and should have the attribute target.
! Arguments may be sections with a stride. Each call returns RP_OK or another status; rp_text of the error says what went wrong.
!
! A task says that its items failed by rp_fail, and must not stop the program: STOP ends its rank.
module rankpool
    use, intrinsic :: iso_c_binding
    implicit none
    private

    public :: c_double, c_float, c_int, c_int64_t, c_size_t, c_funloc
    public :: rp_task, rp_main, rp_map, rp_starmap, rp_reduce, rp_set, rp_text
    public :: rp_column, rp_constant, rp_range, rp_linspace
    public :: rp_fail, rp_item_index, rp_rank, rp_worker, rp_attempt, rp_is_cancelled

    ! Statuses, as in error.h.
    enum, bind(c)
        enumerator :: RP_OK = 0, RP_END, RP_AGAIN, RP_FAILED, RP_TIMEOUT, RP_CANCELLED, RP_CLOSED, RP_USAGE
        enumerator :: RP_NO_MEMORY, RP_SYSTEM, RP_UNSUPPORTED, RP_LOST
    end enum
    public :: RP_OK, RP_END, RP_AGAIN, RP_FAILED, RP_TIMEOUT, RP_CANCELLED, RP_CLOSED, RP_USAGE
    public :: RP_NO_MEMORY, RP_SYSTEM, RP_UNSUPPORTED, RP_LOST

    ! Types of results and arguments, as in task.h. RP_NONE: a task without a result has no such argument.
    integer(c_int), parameter, public :: RP_INT32 = 4, RP_INT64 = 5, RP_FLOAT = 10, RP_DOUBLE = 11, RP_NONE = 14

    ! What happened to a call, as in error.h. The texts end with a NUL.
    type, bind(c), public :: rp_error
        integer(c_int) :: status = 0, cause = 0, code = 0
        integer(c_int64_t) :: item = -1 ! from 0; -1: it isn't about one item
        integer(c_int) :: rank = -1, worker = -1, attempt = 0
        real(c_double) :: seconds = 0
        character(kind=c_char) :: host(64) = c_null_char, item_text(96) = c_null_char
        character(kind=c_char) :: message(512) = c_null_char, text(768) = c_null_char
    end type

    ! Options of a pool: rp_set gives them by name, as on the command line.
    type, public :: rp_options
        private
        integer(c_int64_t) :: room(128) = 0
    end type

    type, public :: rp_pool
        private
        type(c_ptr) :: handle = c_null_ptr
    end type

    ! The values of one argument: made by rp_column, rp_constant, rp_range or rp_linspace. An array is borrowed.
    type, public :: rp_values
        private
        integer(c_int) :: kind = 0, type = 0
        integer(c_size_t) :: size = 0, stride = 0
        type(c_ptr) :: array = c_null_ptr
        integer(c_int64_t) :: start = 0, step = 0, n = -1
        integer(c_int64_t) :: bits = 0
        real(c_double) :: ends(2) = 0
    end type

    ! Those of C: rp_column, rp_columns and rp_into.
    type, bind(c) :: column_of_c
        integer(c_int) :: kind, type
        integer(c_size_t) :: size, stride
        type(c_ptr) :: data
        integer(c_int64_t) :: start, step
    end type
    type, bind(c) :: columns_of_c
        integer(c_size_t) :: n
        type(c_ptr) :: columns
    end type
    type, bind(c) :: into_of_c
        type(c_ptr) :: data
        integer(c_int) :: type
        integer(c_size_t) :: size, stride, room
    end type

    integer(c_int), parameter :: array_kind = 0, constant_kind = 1, range_kind = 2, linspace_kind = 3

    abstract interface
        ! `status` is the exit status of the program, 0 at first.
        subroutine rp_client(pool, status)
            import :: rp_pool
            type(rp_pool), intent(in) :: pool
            integer, intent(inout) :: status
        end subroutine
    end interface
    public :: rp_client

    procedure(rp_client), pointer :: the_client => null()

    ! An array as the values of an argument, also a section with a stride.
    interface rp_column
        module procedure column_double, column_float, column_int32, column_int64
    end interface
    ! The same value for each item.
    interface rp_constant
        module procedure constant_double, constant_float, constant_int32, constant_int64
    end interface
    ! status = rp_map(pool, task, results, values [, error]): results(i) = task(values(i)). `results` says how many items there are.
    interface rp_map
        module procedure map_double, map_float, map_int32, map_int64
    end interface
    ! status = rp_starmap(pool, task, results, [values, …] [, error]): the same with values for each argument.
    interface rp_starmap
        module procedure starmap_double, starmap_float, starmap_int32, starmap_int64
    end interface
    ! status = rp_reduce(pool, task, fold, result, n, [values, …] [, error] [, index]): n results as one value, without keeping them.
    ! fold is 'sum' or, for an integer result, 'count'; or 'min' or 'max', with the index (from 0) of the item that has it. The same
    ! bits on any number of ranks and threads. RP_END: n is 0.
    interface rp_reduce
        module procedure reduce_double, reduce_int64
    end interface

    type, bind(c) :: indexed_double
        real(c_double) :: value = 0
        integer(c_int64_t) :: index = -1
    end type
    type, bind(c) :: indexed_int64
        integer(c_int64_t) :: value = 0
        integer(c_int64_t) :: index = -1
    end type

    interface
        ! Of the item that runs in this thread, as in task.h. -1, 0 outside a task.
        function rp_item_index() bind(c)
            import :: c_int64_t
            integer(c_int64_t) :: rp_item_index
        end function
        function rp_rank() bind(c)
            import :: c_int
            integer(c_int) :: rp_rank
        end function
        function rp_worker() bind(c)
            import :: c_int
            integer(c_int) :: rp_worker
        end function
        function rp_attempt() bind(c)
            import :: c_int
            integer(c_int) :: rp_attempt
        end function
        function c_cancelled() bind(c, name='rp_cancelled')
            import :: c_int
            integer(c_int) :: c_cancelled
        end function
        function c_fail_text(code, text) bind(c, name='rp_fail_text')
            import :: c_int, c_char
            integer(c_int), value :: code
            character(kind=c_char), intent(in) :: text(*)
            integer(c_int) :: c_fail_text
        end function
        function c_register(name, procedure, result, n, arguments) bind(c, name='rp_task_register_range')
            import :: c_int, c_char, c_funptr
            character(kind=c_char), intent(in) :: name(*)
            type(c_funptr), value :: procedure
            integer(c_int), value :: result, n
            integer(c_int), intent(in) :: arguments(*)
            integer(c_int) :: c_register
        end function
        function c_find_task(name) bind(c, name='rp_task_find')
            import :: c_char, c_ptr
            character(kind=c_char), intent(in) :: name(*)
            type(c_ptr) :: c_find_task
        end function
        function c_find_fold(name) bind(c, name='rp_fold_find')
            import :: c_char, c_ptr
            character(kind=c_char), intent(in) :: name(*)
            type(c_ptr) :: c_find_fold
        end function
        function c_main(argc, argv, client, options) bind(c, name='rp_main')
            import :: c_int, c_ptr, c_funptr
            integer(c_int), value :: argc
            type(c_ptr), value :: argv, options
            type(c_funptr), value :: client
            integer(c_int) :: c_main
        end function
        subroutine c_exit(status) bind(c, name='exit')
            import :: c_int
            integer(c_int), value :: status
        end subroutine
        function c_set(options, name, text, error) bind(c, name='rp_pool_options_set')
            import :: c_int, c_ptr, c_char
            type(c_ptr), value :: options, error
            character(kind=c_char), intent(in) :: name(*), text(*)
            integer(c_int) :: c_set
        end function
        function c_starmap(pool, task, results, n, columns, options, error) bind(c, name='rp_starmap_into')
            import :: c_int, c_ptr, c_int64_t, into_of_c, columns_of_c
            type(c_ptr), value :: pool, task, options, error
            type(into_of_c), value :: results
            integer(c_int64_t), value :: n
            type(columns_of_c), value :: columns
            integer(c_int) :: c_starmap
        end function
        function c_reduce(pool, task, fold, result, n, columns, options, error) bind(c, name='rp_reduce_into')
            import :: c_int, c_ptr, c_int64_t, into_of_c, columns_of_c
            type(c_ptr), value :: pool, task, fold, options, error
            type(into_of_c), value :: result
            integer(c_int64_t), value :: n
            type(columns_of_c), value :: columns
            integer(c_int) :: c_reduce
        end function
    end interface

contains

    ! ---- programs and tasks ----

    ! Registers a task: c_funloc of the subroutine, the type of its results (RP_NONE: it has none), the types of its arguments. On
    ! every rank alike, before rp_main. `status`: RP_USAGE: another task has the name, or a type is none; without it that ends the
    ! program.
    subroutine rp_task(name, procedure, result, arguments, status)
        character(len=*), intent(in) :: name
        type(c_funptr), value :: procedure
        integer(c_int), intent(in) :: result, arguments(:)
        integer, intent(out), optional :: status
        integer(c_int) :: found
        found = c_register(name//c_null_char, procedure, result, int(size(arguments), c_int), arguments)
        if (present(status)) then
            status = found
        else if (found /= RP_OK) then
            error stop 'rp_task: the name is taken, or a type is none of RP_DOUBLE, RP_FLOAT, RP_INT32 and RP_INT64'
        end if
    end subroutine

    ! The whole program, as rp_main of C: the client runs on rank 0 with an open pool, the other ranks serve. Returns when all went
    ! well, and ends the program otherwise.
    subroutine rp_main(client, options)
        procedure(rp_client) :: client
        type(rp_options), intent(in), optional, target :: options
        character(kind=c_char), allocatable, target :: texts(:, :)
        character(len=:), allocatable :: text
        type(c_ptr), allocatable, target :: argv(:)
        type(c_ptr) :: given
        integer :: i, k, n, length, longest
        integer(c_int) :: status
        n = command_argument_count()
        longest = 0
        do i = 0, n
            call get_command_argument(i, length=length)
            longest = max(longest, length)
        end do
        allocate (texts(longest + 1, 0:n), argv(0:n + 1))
        allocate (character(len=longest) :: text)
        texts = c_null_char
        do i = 0, n
            call get_command_argument(i, text, length)
            do k = 1, length
                texts(k, i) = text(k:k)
            end do
            argv(i) = c_loc(texts(1, i))
        end do
        argv(n + 1) = c_null_ptr
        given = c_null_ptr
        if (present(options)) given = c_loc(options%room)
        the_client => client
        status = c_main(int(n + 1, c_int), c_loc(argv), c_funloc(call_client), given)
        if (status /= 0) call c_exit(status)
    end subroutine

    function call_client(handle, argc, argv) bind(c) result(status)
        type(c_ptr), value :: handle, argv
        integer(c_int), value :: argc
        integer(c_int) :: status
        type(rp_pool) :: pool
        integer :: found
        pool%handle = handle
        found = 0
        if (argc > 0 .and. c_associated(argv)) call the_client(pool, found)
        status = int(found, c_int)
    end function

    ! Sets an option of the pool, as rp_set(options, 'threads', '4'): pool.h and `rankpool help` have them.
    function rp_set(options, name, text, error) result(status)
        type(rp_options), intent(inout), target :: options
        character(len=*), intent(in) :: name, text
        type(rp_error), intent(out), optional, target :: error
        integer :: status
        status = c_set(c_loc(options%room), name//c_null_char, text//c_null_char, error_at(error))
    end function

    ! The items that run in this thread have failed, with a code of the task's and a text; what it returns is ignored.
    subroutine rp_fail(code, text)
        integer, intent(in) :: code
        character(len=*), intent(in) :: text
        integer(c_int) :: none
        none = c_fail_text(int(code, c_int), text//c_null_char)
        if (none /= 0) return
    end subroutine

    ! Whether nothing comes of these items any more.
    function rp_is_cancelled()
        logical :: rp_is_cancelled
        rp_is_cancelled = c_cancelled() /= 0
    end function

    ! A line for people: "item 17 (0.5) failed on rank 2, host n2, worker 1: …".
    function rp_text(error) result(text)
        type(rp_error), intent(in) :: error
        character(len=:), allocatable :: text
        integer :: i, n
        n = 0
        do while (n < size(error%text))
            if (error%text(n + 1) == c_null_char) exit
            n = n + 1
        end do
        allocate (character(len=n) :: text)
        do i = 1, n
            text(i:i) = error%text(i)
        end do
    end function

    function error_at(error)
        type(rp_error), intent(inout), optional, target :: error
        type(c_ptr) :: error_at
        error_at = c_null_ptr
        if (present(error)) error_at = c_loc(error)
    end function

    ! ---- values ----

    ! Numbers start, start + step, …; for an argument of any kind that holds them.
    function rp_range(start, step) result(values)
        integer(c_int64_t), intent(in) :: start, step
        type(rp_values) :: values
        values = rp_values(kind=range_kind, type=RP_INT64, size=8, start=start, step=step)
    end function

    ! n numbers with even gaps, both ends exact.
    function rp_linspace(from, to, n) result(values)
        real(c_double), intent(in) :: from, to
        integer, intent(in) :: n
        type(rp_values) :: values
        values = rp_values(kind=linspace_kind, type=RP_DOUBLE, size=8, start=int(n, c_int64_t), n=int(n, c_int64_t))
        values%ends = [from, to]
    end function

    function constant_double(value) result(values)
        real(c_double), intent(in) :: value
        type(rp_values) :: values
        values = rp_values(kind=constant_kind, type=RP_DOUBLE, size=8, bits=transfer(value, 0_c_int64_t))
    end function
    function constant_float(value) result(values)
        real(c_float), intent(in) :: value
        type(rp_values) :: values
        values = rp_values(kind=constant_kind, type=RP_FLOAT, size=4, bits=transfer([value, value], 0_c_int64_t))
    end function
    function constant_int32(value) result(values)
        integer(c_int), intent(in) :: value
        type(rp_values) :: values
        values = rp_values(kind=constant_kind, type=RP_INT32, size=4, bits=transfer([value, value], 0_c_int64_t))
    end function
    function constant_int64(value) result(values)
        integer(c_int64_t), intent(in) :: value
        type(rp_values) :: values
        values = rp_values(kind=constant_kind, type=RP_INT64, size=8, bits=value)
    end function

    function address(at)
        type(c_ptr), intent(in) :: at
        integer(c_intptr_t) :: address
        address = transfer(at, address)
    end function

    ! From the addresses of the first two values, as a section may have gaps.
    function array_values(type, size, n, first, second) result(values)
        integer(c_int), intent(in) :: type
        integer, intent(in) :: size, n
        type(c_ptr), intent(in) :: first, second
        type(rp_values) :: values
        integer(c_intptr_t) :: stride
        stride = size
        if (n > 1) stride = address(second) - address(first)
        values = rp_values(kind=array_kind, type=type, size=int(size, c_size_t), stride=int(stride, c_size_t), array=first, &
                           n=int(n, c_int64_t))
    end function

    function column_double(array) result(values)
        real(c_double), intent(in), target :: array(:)
        type(rp_values) :: values
        values = array_values(RP_DOUBLE, 8, 0, c_null_ptr, c_null_ptr)
        if (size(array) > 0) values = array_values(RP_DOUBLE, 8, size(array), c_loc(array(1)), c_loc(array(min(2, size(array)))))
    end function
    function column_float(array) result(values)
        real(c_float), intent(in), target :: array(:)
        type(rp_values) :: values
        values = array_values(RP_FLOAT, 4, 0, c_null_ptr, c_null_ptr)
        if (size(array) > 0) values = array_values(RP_FLOAT, 4, size(array), c_loc(array(1)), c_loc(array(min(2, size(array)))))
    end function
    function column_int32(array) result(values)
        integer(c_int), intent(in), target :: array(:)
        type(rp_values) :: values
        values = array_values(RP_INT32, 4, 0, c_null_ptr, c_null_ptr)
        if (size(array) > 0) values = array_values(RP_INT32, 4, size(array), c_loc(array(1)), c_loc(array(min(2, size(array)))))
    end function
    function column_int64(array) result(values)
        integer(c_int64_t), intent(in), target :: array(:)
        type(rp_values) :: values
        values = array_values(RP_INT64, 8, 0, c_null_ptr, c_null_ptr)
        if (size(array) > 0) values = array_values(RP_INT64, 8, size(array), c_loc(array(1)), c_loc(array(min(2, size(array)))))
    end function

    ! ---- calls ----
    !
    ! What has addresses in it is passed as a target. Otherwise gfortran takes it that a procedure which only reads it changes nothing
    ! at those addresses.

    ! The columns of C for values, which have to stay. False: their number of items isn't n.
    function lower(values, n, columns) result(fits)
        type(rp_values), intent(in), target :: values(:)
        integer(c_int64_t), intent(in) :: n
        type(column_of_c), intent(out) :: columns(:)
        logical :: fits
        integer :: k
        fits = .true.
        do k = 1, size(values)
            associate (given => values(k))
                columns(k) = column_of_c(given%kind, given%type, given%size, given%stride, given%array, given%start, given%step)
            end associate
            if (values(k)%kind == constant_kind) columns(k)%data = c_loc(values(k)%bits)
            if (values(k)%kind == linspace_kind) columns(k)%data = c_loc(values(k)%ends(1))
            if (values(k)%n >= 0 .and. values(k)%n /= n) fits = .false.
            if (goes_backwards(values(k))) fits = .false.
        end do
    end function

    ! A stride isn't negative in C.
    function goes_backwards(values)
        type(rp_values), intent(in), target :: values
        logical :: goes_backwards
        goes_backwards = values%kind == array_kind .and. values%n > 1 .and. values%stride < values%size
    end function

    function fail_usage(text, error) result(status)
        character(len=*), intent(in) :: text
        type(rp_error), intent(inout), optional :: error
        integer :: status, i
        status = RP_USAGE
        if (.not. present(error)) return
        error = rp_error(status=RP_USAGE)
        do i = 1, min(len(text), size(error%message) - 1)
            error%message(i) = text(i:i)
            error%text(i) = text(i:i)
        end do
    end function

    ! `results` is the array that they go to.
    function starmap(pool, task, results, values, error) result(status)
        type(rp_pool), intent(in) :: pool
        character(len=*), intent(in) :: task
        type(rp_values), intent(in), target :: results
        type(rp_values), intent(in), target :: values(:)
        type(rp_error), intent(inout), optional, target :: error
        integer :: status
        type(column_of_c), target :: columns(size(values))
        type(into_of_c) :: into
        if (.not. lower(values, results%n, columns) .or. goes_backwards(results)) then
            status = fail_usage('the arrays of a call have different lengths, or one goes backwards', error)
        else if (.not. c_associated(c_find_task(task//c_null_char))) then
            status = fail_usage('no task is named '//task//': rp_task registers it, before rp_main', error)
        else
            into = into_of_c(results%array, results%type, results%size, results%stride, int(results%n, c_size_t)*results%stride)
            status = c_starmap(pool%handle, c_find_task(task//c_null_char), into, results%n, &
                               columns_of_c(size(values, kind=c_size_t), c_loc(columns)), c_null_ptr, error_at(error))
        end if
    end function

    function starmap_double(pool, task, results, values, error) result(status)
        type(rp_pool), intent(in) :: pool
        character(len=*), intent(in) :: task
        real(c_double), intent(inout), target :: results(:)
        type(rp_values), intent(in), target :: values(:)
        type(rp_error), intent(inout), optional :: error
        integer :: status
        status = starmap(pool, task, rp_column(results), values, error)
    end function
    function starmap_float(pool, task, results, values, error) result(status)
        type(rp_pool), intent(in) :: pool
        character(len=*), intent(in) :: task
        real(c_float), intent(inout), target :: results(:)
        type(rp_values), intent(in), target :: values(:)
        type(rp_error), intent(inout), optional :: error
        integer :: status
        status = starmap(pool, task, rp_column(results), values, error)
    end function
    function starmap_int32(pool, task, results, values, error) result(status)
        type(rp_pool), intent(in) :: pool
        character(len=*), intent(in) :: task
        integer(c_int), intent(inout), target :: results(:)
        type(rp_values), intent(in), target :: values(:)
        type(rp_error), intent(inout), optional :: error
        integer :: status
        status = starmap(pool, task, rp_column(results), values, error)
    end function
    function starmap_int64(pool, task, results, values, error) result(status)
        type(rp_pool), intent(in) :: pool
        character(len=*), intent(in) :: task
        integer(c_int64_t), intent(inout), target :: results(:)
        type(rp_values), intent(in), target :: values(:)
        type(rp_error), intent(inout), optional :: error
        integer :: status
        status = starmap(pool, task, rp_column(results), values, error)
    end function

    function map_double(pool, task, results, values, error) result(status)
        type(rp_pool), intent(in) :: pool
        character(len=*), intent(in) :: task
        real(c_double), intent(inout), target :: results(:)
        type(rp_values), intent(in), target :: values
        type(rp_error), intent(inout), optional :: error
        integer :: status
        status = starmap(pool, task, rp_column(results), [values], error)
    end function
    function map_float(pool, task, results, values, error) result(status)
        type(rp_pool), intent(in) :: pool
        character(len=*), intent(in) :: task
        real(c_float), intent(inout), target :: results(:)
        type(rp_values), intent(in), target :: values
        type(rp_error), intent(inout), optional :: error
        integer :: status
        status = starmap(pool, task, rp_column(results), [values], error)
    end function
    function map_int32(pool, task, results, values, error) result(status)
        type(rp_pool), intent(in) :: pool
        character(len=*), intent(in) :: task
        integer(c_int), intent(inout), target :: results(:)
        type(rp_values), intent(in), target :: values
        type(rp_error), intent(inout), optional :: error
        integer :: status
        status = starmap(pool, task, rp_column(results), [values], error)
    end function
    function map_int64(pool, task, results, values, error) result(status)
        type(rp_pool), intent(in) :: pool
        character(len=*), intent(in) :: task
        integer(c_int64_t), intent(inout), target :: results(:)
        type(rp_values), intent(in), target :: values
        type(rp_error), intent(inout), optional :: error
        integer :: status
        status = starmap(pool, task, rp_column(results), [values], error)
    end function

    function reduce(pool, task, fold, into, n, values, error) result(status)
        type(rp_pool), intent(in) :: pool
        character(len=*), intent(in) :: task, fold
        type(into_of_c), intent(in), target :: into
        integer(c_int64_t), intent(in) :: n
        type(rp_values), intent(in), target :: values(:)
        type(rp_error), intent(inout), optional, target :: error
        integer :: status
        type(column_of_c), target :: columns(size(values))
        if (.not. lower(values, n, columns)) then
            status = fail_usage('the arrays of a call have different lengths, or one goes backwards', error)
        else if (.not. c_associated(c_find_task(task//c_null_char))) then
            status = fail_usage('no task is named '//task//': rp_task registers it, before rp_main', error)
        else
            status = c_reduce(pool%handle, c_find_task(task//c_null_char), c_find_fold(fold//c_null_char), into, n, &
                              columns_of_c(size(values, kind=c_size_t), c_loc(columns)), c_null_ptr, error_at(error))
        end if
    end function

    function reduce_double(pool, task, fold, result, n, values, error, index) result(status)
        type(rp_pool), intent(in) :: pool
        character(len=*), intent(in) :: task, fold
        real(c_double), intent(inout), target :: result
        integer(c_int64_t), intent(in) :: n
        type(rp_values), intent(in), target :: values(:)
        type(rp_error), intent(inout), optional :: error
        integer(c_int64_t), intent(inout), optional :: index
        integer :: status
        type(indexed_double), target :: found
        if (fold == 'min' .or. fold == 'max') then
            status = reduce(pool, task, 'rp_'//fold//'_double', into_of_c(c_loc(found), 0, 16, 16, 16), n, values, error)
            if (found%index >= 0) result = found%value
            if (found%index >= 0 .and. present(index)) index = found%index
        else
            status = reduce(pool, task, 'rp_'//fold//'_double', into_of_c(c_loc(result), RP_DOUBLE, 8, 8, 8), n, values, error)
        end if
    end function

    function reduce_int64(pool, task, fold, result, n, values, error, index) result(status)
        type(rp_pool), intent(in) :: pool
        character(len=*), intent(in) :: task, fold
        integer(c_int64_t), intent(inout), target :: result
        integer(c_int64_t), intent(in) :: n
        type(rp_values), intent(in), target :: values(:)
        type(rp_error), intent(inout), optional :: error
        integer(c_int64_t), intent(inout), optional :: index
        integer :: status
        type(indexed_int64), target :: found
        if (fold == 'min' .or. fold == 'max') then
            status = reduce(pool, task, 'rp_'//fold//'_int64', into_of_c(c_loc(found), 0, 16, 16, 16), n, values, error)
            if (found%index >= 0) result = found%value
            if (found%index >= 0 .and. present(index)) index = found%index
        else if (fold == 'count') then
            status = reduce(pool, task, 'rp_count', into_of_c(c_loc(result), 9, 8, 8, 8), n, values, error)
        else
            status = reduce(pool, task, 'rp_'//fold//'_int64', into_of_c(c_loc(result), RP_INT64, 8, 8, 8), n, values, error)
        end if
    end function

end module
