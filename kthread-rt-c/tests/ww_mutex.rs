//! ww_mutexes, as a module in C sees them.

mod ukmod;

#[test]
fn contexts_get_the_kernels_answers() {
    let (status, stdout, stderr) = ukmod::run(&["run", "c/ww_mutex.c", "--for", "0s", "--raw"]);
    assert_eq!(status, 0, "{stdout}\n{stderr}");
    assert_eq!(stdout, include_str!("c/ww_mutex.out"), "{stderr}");
    assert_eq!(stderr, "", "nothing is told");
}

#[test]
fn trylock_has_its_form_of_5_17() {
    let args = ["run", "c/ww_mutex_5_17.c", "--for", "0s", "--raw", "--kernel-version", "5.17"];
    let (status, stdout, stderr) = ukmod::run(&args);
    assert_eq!((status, &*stdout), (0, "ww_mutex_trylock: 1 0\n"), "{stderr}");
}

#[test]
fn what_a_kernel_warns_of_is_told() {
    let (status, stdout, stderr) = ukmod::run(&["run", "c/ww_mutex_misuse.c", "--for", "0s", "--raw"]);
    assert_eq!(status, 0, "{stdout}\n{stderr}");
    let told = [
        "ww_acquire_done() by task",
        "ww_mutex_misuse.c:15 in begin(): the acquire context was done before",
        "ww_mutex_lock() by task",
        "has said that it is done acquiring",
        "ww_mutex_lock_slow_interruptible() by task",
        "no ww_mutex gave EDEADLK",
        "ww_acquire_fini() by task",
        "ends with 1 lock(s) held",
        "ww_mutex_unlock() by task",
        "ww_mutex_misuse.c:20 in begin(): the mutex is not locked",
    ];
    ukmod::in_order(&stderr, &told);
}

#[test]
fn who_waits_for_a_ww_mutex_is_told_with_its_holder() {
    let args = ["run", "modules/ww_mutexes_hang.c", "--for", "0s", "--exit-timeout", "1s", "--raw"];
    let (status, _, stderr) = ukmod::run(&args);
    assert_eq!(status, 6, "{stderr}");
    let told = [
        "ukmod[1] waits for kthread_stop: the end of one[3]",
        "one[3] waits for ww_mutex second_lock (0x",
        " in one(), held by other[4], and holds 1 lock(s)\n",
        "other[4] waits for ww_mutex first_lock (0x",
        " in other(), held by one[3], and holds 1 lock(s)\n",
    ];
    ukmod::in_order(&stderr, &told);
}
