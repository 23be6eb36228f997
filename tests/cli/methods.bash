# methods.bash: all methods on all back ends of one process give the same results, in order where they promise it.
. "$(dirname "$0")/expect.bash" || exit 1

run run split --items 300 --backend serial --method apply --format csv; expect 0
cp out wanted
sort wanted >sorted
for backend in serial pthread openmp; do
    for method in $methods; do
        run run split --items 300 --backend $backend --method "$method" --format csv --threads 3
        expect 0
        case $method in
        *unordered) sort out | cmp -s - sorted || problem 'other results' ;;
        *) cmp -s out wanted || problem 'other results' ;;
        esac
    done
done
for schedule in $(all_schedules); do
    for chunk in auto 1 7 1000; do
        run run split --items 300 --schedule $schedule --chunk $chunk --threads 3 --window 50 --format csv
        expect 0; cmp -s out wanted || problem 'other results'
    done
done
finish
