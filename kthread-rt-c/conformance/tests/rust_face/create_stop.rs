//! A kthread's life, as `questions/create_stop.c` asks of it.

use crate::ask::*;
use std::ffi::{c_int, c_void};
use std::sync::atomic::AtomicI32;

cases![
    never_woken, result, returned_before, should_stop, stop_ends_sleeps, names, data, not_bound,
    park, park_before_run, park_refused, freezable, complete_and_exit, create_killed, bound, created
];

/// A thread that has not been woken yet, which counts how often it runs.
fn counted(name: &str, runs: &Arc<AtomicI32>, result: i32) -> Task {
    let runs = runs.clone();
    crate::ask::created(name, move || {
        runs.fetch_add(1, SeqCst);
        result
    })
}

fn created() {
    let runs = Arc::new(AtomicI32::new(0));
    let task = counted("created", &runs, 1);
    answer!(
        "state={:#x} exit_state={:#x} runs={}",
        task.state().bits(),
        task.exit_state(),
        runs.load(SeqCst)
    );
    let flags = task.flags();
    answer!(
        "kthread={} no_setaffinity={} exiting={} nofreeze={}",
        int(flags.contains(PF_KTHREAD)),
        int(flags.contains(PF_NO_SETAFFINITY)),
        int(flags.contains(PF_EXITING)),
        int(flags.contains(PF_NOFREEZE))
    );
    answer!(
        "mm={} policy={} prio={} static_prio={} rt_priority={} nice={}",
        int(!task.mm_is_null()),
        task.policy(),
        task.prio(),
        task.static_prio(),
        task.rt_priority(),
        task_nice(&task)
    );
    let parent = task.parent().expect("kthreadd");
    answer!("tgid_is_pid={} parent={} real_parent={}", int(task.tgid() == task.pid()), parent.pid(), parent.comm());
    answer!("stop={} runs={}", kthread_stop(&task), runs.load(SeqCst));
}

fn never_woken() {
    for (i, data) in [0, 7, -5].into_iter().enumerate() {
        let runs = Arc::new(AtomicI32::new(0));
        let its = runs.clone();
        let threadfn = move |data: i32| {
            its.fetch_add(1, SeqCst);
            data
        };
        let task = kthread_create_on_node!(threadfn, data, NUMA_NO_NODE, "never/%d", i as i32).unwrap();
        // The method's result has a value of its own for it: a thread could have returned −EINTR,
        // too.
        let stopped = task.stop().unwrap();
        let interrupted = int(stopped == ExitStatus::NeverRan);
        let stopped = stopped.as_return();
        answer!("data={data} stop={stopped} interrupted={interrupted} runs={}", runs.load(SeqCst));
    }
}

fn result() {
    for data in [0, 1, 42, -1, -5, -4, i32::MAX, i32::MIN] {
        let begun = shared(Completion::new());
        let threadfn = move |data| {
            complete(begun);
            interruptible_until_stopped();
            data
        };
        let task = kthread_run!(threadfn, data, "result").unwrap();
        wait_for_completion(begun);
        answer!("returns={data} stop={}", kthread_stop(&task));
    }
}

fn returned_before() {
    let runs = Arc::new(AtomicI32::new(0));
    let task = counted("returns", &runs, 7);
    let reference = get_task_struct(&task);
    let woken = int(wake_up_process(&task));
    until_dead(&task);
    answer!(
        "woken={woken} ended={} exiting={}",
        int(task.exit_state() != 0),
        int(task.flags().contains(PF_EXITING))
    );
    answer!("wake_of_dead={}", int(wake_up_process(&task)));
    let stopped = kthread_stop_put(task);
    answer!("stop={stopped} runs={}", runs.load(SeqCst));
    drop(reference);
}

fn should_stop() {
    type Seen = (Task, bool, bool);
    let (tell, told) = std::sync::mpsc::channel::<Seen>();
    let seen = move || (current(), kthread_should_stop(), signal_pending(&current()));
    let task = thread(move || {
        tell.send(seen()).unwrap();
        while !kthread_should_stop() {
            schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
        }
        tell.send(seen()).unwrap();
        0
    });
    let before = told.recv().unwrap();
    until_state(&task, TASK_INTERRUPTIBLE);
    let stopped = kthread_stop(&task);
    let after = told.recv().unwrap();
    answer!("current={} stop={stopped}", int(before.0 == task));
    answer!("before should_stop={} pending={}", int(before.1), int(before.2));
    answer!("after should_stop={} pending={}", int(after.1), int(after.2));
}

fn stop_ends_sleeps() {
    type Sleep = fn() -> bool;
    let sleeps: [(&str, Sleep); 2] = [
        ("schedule_timeout_interruptible", || {
            schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT) == MAX_SCHEDULE_TIMEOUT
        }),
        ("msleep_interruptible", || msleep_interruptible(3600 * 1000) > 0),
    ];
    for (name, sleep) in sleeps {
        let begun = shared(Completion::new());
        let left = Arc::new((AtomicBool::new(false), AtomicBool::new(false)));
        let its = left.clone();
        let task = thread(move || {
            complete(begun);
            its.0.store(sleep(), SeqCst);
            its.1.store(kthread_should_stop(), SeqCst);
            3
        });
        wait_for_completion(begun);
        until_state(&task, TASK_INTERRUPTIBLE);
        let stopped = kthread_stop(&task);
        answer!(
            "sleep={name} stop={stopped} time_left={} should_stop={}",
            int(left.0.load(SeqCst)),
            int(left.1.load(SeqCst))
        );
    }
}

fn names() {
    let none = |()| 0;
    let tasks = [
        kthread_create!(none, (), "short"),
        kthread_create!(none, (), "fifteen-chars-%d", 1),
        kthread_create!(none, (), "sixteen-chars-%d", 12),
        kthread_create!(none, (), "a-very-long-name-of-a-thread/%u:%s", 3u32, "x"),
        kthread_create!(none, (), "%s", ""),
        kthread_create!(none, (), "per%%cent %s", "%d"),
    ];
    for task in tasks {
        let task = task.unwrap();
        let comm = task.comm();
        answer!(
            "comm=[{comm}] get_task_comm=[{}] length={} of={TASK_COMM_LEN}",
            get_task_comm(&task),
            comm.len()
        );
        _ = kthread_stop(&task);
    }
    let task = kthread_create_on_cpu!(none, (), 0, "on-cpu/%u").unwrap();
    answer!("comm=[{}]", task.comm());
    _ = kthread_stop(&task);
}

const RETURNS: RawThreadFn = returns_data;

unsafe extern "C-unwind" fn returns_data(data: *mut c_void) -> c_int {
    data.addr() as c_int
}

/// A thread that has a C function, and this data.
pub(crate) fn raw(data: usize) -> Task {
    let data = std::ptr::without_provenance_mut(data);
    // SAFETY: the function takes any data: it is a number to it.
    unsafe { kthread_create_raw(RETURNS, data, NUMA_NO_NODE, "ended") }.expect("kthreadd creates threads")
}

fn data() {
    let it = Arc::new(AtomicI64::new(0));
    let task = kthread_create!(|_: Arc<AtomicI64>| 0, it.clone(), "data").unwrap();
    // Data of Rust is asked for by its type; functions are, if they are C's.
    let has = task.data::<AtomicI64>().is_some_and(|data| Arc::ptr_eq(&data, &it));
    let raw = raw(7);
    let function = kthread_func(&raw).is_some_and(|function| std::ptr::fn_addr_eq(function, RETURNS));
    answer!("data={} func={}", int(has), int(function));
    _ = kthread_stop(&raw);
    answer!("func_of_init={}", int(kthread_func(&current()).is_none()));
    _ = kthread_stop(&task);
}

/// Says where it runs.
fn says_its_cpu(seen: &'static (AtomicI64, Completion)) -> i32 {
    seen.0.store(current().cpus_allowed().iter().next().map_or(-1, i64::from), SeqCst);
    complete(&seen.1);
    while !kthread_should_stop() {
        schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
    }
    0
}

fn bound() {
    let no_setaffinity = |task: &Task| int(task.flags().contains(PF_NO_SETAFFINITY));
    let seen = shared((AtomicI64::new(-1), Completion::new()));
    let task = kthread_create!(says_its_cpu, seen, "bound").unwrap();
    kthread_bind(&task, 0);
    answer!("bind no_setaffinity={} state={:#x}", no_setaffinity(&task), task.state().bits());
    answer!("set_cpus_allowed={}", int(set_cpus_allowed_ptr(&task, &CpuMask::of(0))));
    wake_up_process(&task);
    wait_for_completion(&seen.1);
    answer!("runs_on={}", seen.0.load(SeqCst));
    _ = kthread_stop(&task);

    let task = kthread_create_on_cpu!(says_its_cpu, seen, 0, "created/%u").unwrap();
    answer!("create_on_cpu no_setaffinity={}", no_setaffinity(&task));
    _ = kthread_stop(&task);

    let seen = shared((AtomicI64::new(-1), Completion::new()));
    let task = kthread_run_on_cpu!(says_its_cpu, seen, 0, "run/%u").unwrap();
    wait_for_completion(&seen.1);
    answer!("run_on_cpu comm=[{}] runs_on={}", task.comm(), seen.0.load(SeqCst));
    _ = kthread_stop(&task);
}

fn not_bound() {
    let task = crate::ask::created("free", || 0);
    let set = int(set_cpus_allowed_ptr(&task, &CpuMask::of(0)));
    answer!("set_cpus_allowed={set} no_setaffinity={}", int(task.flags().contains(PF_NO_SETAFFINITY)));
    _ = kthread_stop(&task);
}

/// What a thread that parks has seen.
#[derive(Default)]
struct Parks {
    begun: Completion,
    runs: AtomicI32,
    rounds: AtomicI32,
    should_park: AtomicBool,
    should_stop_in_park: AtomicBool,
}

impl Parks {
    fn run(&self) -> i32 {
        self.runs.fetch_add(1, SeqCst);
        complete(&self.begun);
        while !kthread_should_stop() {
            if kthread_should_park() {
                self.should_park.store(true, SeqCst);
                kthread_parkme();
                self.rounds.fetch_add(1, SeqCst);
                self.should_stop_in_park.store(kthread_should_stop(), SeqCst);
                continue;
            }
            set_current_state(TASK_INTERRUPTIBLE);
            if !kthread_should_park() && !kthread_should_stop() {
                schedule();
            }
            __set_current_state(TASK_RUNNING);
        }
        11
    }

    fn rounds(&self) -> i32 {
        self.rounds.load(SeqCst)
    }
}

fn park() {
    let parks = shared(Parks::default());
    let task = thread(|| parks.run());
    wait_for_completion(&parks.begun);
    let parked = int(kthread_park(&task));
    answer!(
        "park={parked} state={:#x} parked_state={:#x} seen={}",
        task.state().bits(),
        TASK_PARKED.bits(),
        int(parks.should_park.load(SeqCst))
    );
    let woken = int(wake_up_process(&task));
    answer!("wake_up_process={woken} state={:#x} rounds={}", task.state().bits(), parks.rounds());
    kthread_unpark(&task);
    until(|| parks.rounds() == 1);
    kthread_unpark(&task);
    until_state(&task, TASK_INTERRUPTIBLE);
    answer!("unparked rounds={}", parks.rounds());
    answer!("again park={} rounds={}", int(kthread_park(&task)), parks.rounds());
    let should_stop = || int(parks.should_stop_in_park.load(SeqCst));
    // C evaluates the arguments from the last to the first, and gcc's answer says so.
    let (should_stop, rounds) = (should_stop(), parks.rounds());
    answer!("stop_of_parked={} should_stop_in_park={should_stop} rounds={rounds}", kthread_stop(&task));
}

fn park_before_run() {
    let parks = shared(Parks::default());
    let runs = || parks.runs.load(SeqCst);
    let task = crate::ask::created("parks", || parks.run());
    let parked = int(kthread_park(&task));
    answer!("park={parked} state={:#x} runs={}", task.state().bits(), runs());
    kthread_unpark(&task);
    wait_for_completion(&parks.begun);
    answer!("unparked runs={}", runs());
    answer!("stop={}", kthread_stop(&task));

    let parks = shared(Parks::default());
    let runs = || parks.runs.load(SeqCst);
    let task = crate::ask::created("parks", || parks.run());
    let _ = kthread_park(&task);
    let before = runs();
    answer!("stop_while_parked={} runs={before}", kthread_stop(&task));
}

fn park_refused() {
    let parks = shared(Parks::default());
    let task = crate::ask::created("parks", || parks.run());
    let _ = kthread_park(&task);
    let busy = kthread_park(&task);
    answer!("parked={} busy={}", int(busy), int(busy == Err(Errno::EBUSY)));
    _ = kthread_stop(&task);

    let task = crate::ask::created("returns", || 0);
    wake_up_process(&task);
    until_dead(&task);
    let none = kthread_park(&task);
    answer!("ended={} none={}", int(none), int(none == Err(Errno::ENOSYS)));
    _ = kthread_stop(&task);
}

fn freezable() {
    let begun = shared(Completion::new());
    let told = shared(AtomicBool::new(true));
    let task = thread(|| {
        let mut was_frozen = true;
        told.store(kthread_freezable_should_stop(Some(&mut was_frozen)) || was_frozen, SeqCst);
        complete(begun);
        while !kthread_freezable_should_stop(None) {
            schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
        }
        5
    });
    wait_for_completion(begun);
    answer!("stop_or_frozen={}", int(told.load(SeqCst)));
    answer!("stop={}", kthread_stop(&task));
}

fn complete_and_exit() {
    let runs = shared(AtomicI32::new(0));
    for code in [0, 9, -3, 4_294_967_301, -2_147_483_648_i64] {
        for with in [false, true] {
            let completed = Arc::new(Completion::new());
            let its = with.then(|| completed.clone());
            let task = crate::ask::created("exits", move || {
                if true {
                    kthread_complete_and_exit(its.map(Into::into), code);
                }
                runs.fetch_add(1, SeqCst);
                99
            });
            wake_up_process(&task);
            if with {
                wait_for_completion(&completed);
            }
            until_dead(&task);
            answer!("with={} code={code} stop={}", int(with), kthread_stop(&task));
        }
    }
    answer!("went_on={}", runs.load(SeqCst));
}

fn create_killed() {
    let begun = shared(Completion::new());
    let ended = shared(Completion::new());
    let task = thread(|| {
        let _ = allow_signal(SIGKILL);
        complete(begun);
        until(|| signal_pending(&current()));
        let created = kthread_create!(|()| 0, (), "created");
        answer!("created_or_interrupted={}", int(created.is_ok() || created == Err(Errno::EINTR)));
        if let Ok(created) = created {
            _ = kthread_stop(&created);
        }
        complete(ended);
        sleep_until_stopped()
    });
    wait_for_completion(begun);
    let _ = send_sig(SIGKILL, &task, 1);
    wait_for_completion(ended);
    _ = kthread_stop(&task);
}
