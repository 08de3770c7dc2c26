//! Containers and pools, as a module in C sees them. The kernel's own tests of some are in
//! `intree_clients.rs`.

mod ukmod;

/// Runs a module of `tests/c`; what it prints, without the places of warnings.
fn prints(file: &str) -> String {
    let path = format!("c/{file}");
    let (status, stdout, stderr) = ukmod::run(&["run", path.as_str(), "--for", "0s", "--raw", "--strict"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    stdout.lines().filter(|line| !line.starts_with("WARNING: PID")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_pool_keeps_elements_back_and_lets_who_may_wait_wait() {
    assert_eq!(prints("mempool.c"), include_str!("c/mempool.out"));
}

#[test]
fn arrays_are_as_large_as_what_is_in_them() {
    assert_eq!(prints("xarray.c"), include_str!("c/xarray.out"));
}

#[test]
fn numbers_are_the_smallest_free_and_freed_once() {
    assert_eq!(prints("idr.c"), include_str!("c/idr.out"));
}

#[test]
fn lists_are_sorted_stably_in_few_comparisons() {
    assert_eq!(prints("list_sort.c"), include_str!("c/list_sort.out"));
}

#[test]
fn hashes_and_checksums_have_their_published_values() {
    assert_eq!(prints("hashes.c"), include_str!("c/hashes.out"));
}

#[test]
fn queues_keep_elements_and_records_in_order() {
    assert_eq!(prints("kfifo.c"), include_str!("c/kfifo.out"));
}

#[test]
fn what_each_cpu_counts_for_itself_is_in_the_sum() {
    assert_eq!(prints("counters.c"), include_str!("c/counters.out"));
}

#[test]
fn special_lists_keep_their_order_and_their_locks() {
    assert_eq!(prints("lists_special.c"), include_str!("c/lists_special.out"));
}

#[test]
fn trees_are_red_and_black_and_know_what_is_below() {
    assert_eq!(prints("trees.c"), include_str!("c/trees.out"));
}
