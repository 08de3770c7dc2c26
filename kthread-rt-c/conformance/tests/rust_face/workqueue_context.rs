//! Whose thread a work runs on, as `questions/workqueue_context.c` asks of it.

use crate::ask::*;

cases![system, names, none, schedule, work_on_cpu, flags, from_work];

struct Seen {
    comm: String,
    flags: TaskFlags,
    nice: i32,
    policy: i32,
    cpu: i64,
    is_current: bool,
    in_task: bool,
    count: u32,
}

/// Has a work look at its thread; on the first cpu, if there is one.
fn look(what: &str, wq: &Workqueue, cpu: Option<u32>) -> Seen {
    let (tell, told) = std::sync::mpsc::channel();
    let work = Work::new(move |work| {
        let me = current();
        let seen = Seen {
            comm: get_task_comm(&me),
            flags: me.flags(),
            nice: task_nice(&me),
            policy: me.policy(),
            cpu: me.cpus_allowed().iter().next().map_or(-1, i64::from),
            is_current: std::ptr::eq(current_work(), work),
            in_task: in_task(),
            count: preempt_count(),
        };
        tell.send(seen).unwrap();
    });
    let queued = int(match cpu {
        Some(cpu) => queue_work_on(cpu, wq, &work),
        None => queue_work(wq, &work),
    });
    let seen = told.recv().unwrap();
    flush_work(&work);
    answer!(
        "{what} queue={queued} kworker={} highpri={} unbound={} nice={} policy={}",
        int(seen.comm.starts_with("kworker/")),
        int(seen.comm.contains('H')),
        int(seen.comm.starts_with("kworker/u")),
        seen.nice,
        seen.policy
    );
    let has = |flag| int(seen.flags.contains(flag));
    answer!(
        "{what} wq_worker={} kthread={} no_setaffinity={} current={} in_task={} preempt_count={}",
        has(PF_WQ_WORKER),
        has(PF_KTHREAD),
        has(PF_NO_SETAFFINITY),
        int(seen.is_current),
        int(seen.in_task),
        seen.count
    );
    if cpu.is_some() {
        answer!("{what} cpu={}", seen.cpu);
    }
    seen
}

fn system() {
    look("normal", &system_wq(), None);
    look("cpu0", &system_wq(), Some(0));
    look("highpri", &system_highpri_wq(), Some(0));
    look("long", &system_long_wq(), Some(0));
    look("unbound", &system_unbound_wq(), None);
    look("freezable", &system_freezable_wq(), Some(0));
    look("power_efficient", &system_power_efficient_wq(), Some(0));
    look("freezable_power_efficient", &system_freezable_power_efficient_wq(), Some(0));
}

/// The numbers at the beginning of a text, separated by a colon, and what is behind them.
fn numbers(text: &str) -> Option<(u32, u32, &str)> {
    let (cpu, rest) = text.split_once(':')?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((cpu.parse().ok()?, rest[..end].parse().ok()?, &rest[end..]))
}

fn names() {
    // sscanf() counts what it has read: the two numbers, and the rest if there is one.
    let read = |seen: &Seen, prefix: &str| {
        let (cpu, _, rest) = seen.comm.strip_prefix(prefix).and_then(numbers).expect("a kworker's name");
        (2 + int(!rest.is_empty()), cpu, rest.to_owned())
    };
    let queue = |name: &str, flags| alloc_workqueue!("%s", flags, 0, name).unwrap();
    let seen = look("own", &queue("ask_names", WqFlags::empty()), Some(0));
    let (count, cpu, rest) = read(&seen, "kworker/");
    answer!("own read={count} cpu={cpu} rest=[{rest}]");
    let seen = look("own_highpri", &queue("ask_names_hi", WQ_HIGHPRI), Some(0));
    let (count, cpu, rest) = read(&seen, "kworker/");
    answer!("own_highpri read={count} cpu={cpu} rest=[{rest:.1}]");
    let seen = look("own_unbound", &queue("ask_names_unbound", WQ_UNBOUND), None);
    let (count, ..) = read(&seen, "kworker/u");
    answer!("own_unbound read={count}");
    look("own_unbound_highpri", &queue("ask_names_unbound_hi", WQ_UNBOUND | WQ_HIGHPRI), None);
}

fn none() {
    answer!("current_work={}", int(!current_work().is_null()));
}

static RUNS: AtomicI64 = AtomicI64::new(0);
DECLARE_WORK!(static WORK = |_| _ = RUNS.fetch_add(1, SeqCst));
DECLARE_DELAYED_WORK!(static DELAYED = |_| _ = RUNS.fetch_add(1, SeqCst));

fn schedule() {
    RUNS.store(0, SeqCst);
    let first = int(schedule_work(&WORK));
    flush_work(&WORK);
    let second = int(schedule_work_on(0, &WORK));
    flush_work(&WORK);
    answer!("schedule={first} on={second} runs={}", RUNS.load(SeqCst));
    let first = int(schedule_delayed_work(&DELAYED, 3600 * HZ));
    let second = int(schedule_delayed_work(&DELAYED, 0));
    answer!("delayed={first} again={second} on={}", int(schedule_delayed_work_on(0, &DELAYED, 0)));
    let wq = system_wq();
    let first = int(mod_delayed_work_on(0, &wq, &DELAYED, 0));
    flush_delayed_work(&DELAYED);
    let second = int(queue_delayed_work_on(0, &wq, &DELAYED, 1));
    until(|| RUNS.load(SeqCst) == 4);
    flush_delayed_work(&DELAYED);
    let third = int(mod_delayed_work_on(0, &wq, &DELAYED, 3600 * HZ));
    let cancelled = int(cancel_delayed_work_sync(&DELAYED));
    answer!("mod={first} queue={second} mod_idle={third} cancel={cancelled} runs={}", RUNS.load(SeqCst));
}

fn work_on_cpu() {
    let cpu = || current().cpus_allowed().iter().next().map_or(-1, i64::from);
    answer!("result={}", int(kthread_rt::work_on_cpu(0, move || cpu() * 1000 + 7)));
    // What the function fails with is its own result's.
    answer!("error={}", int(kthread_rt::work_on_cpu(0, || Err::<(), _>(Errno::EBUSY))));
}

fn flags() {
    answer!(
        "unbound={WQ_UNBOUND:#x} freezable={WQ_FREEZABLE:#x} reclaim={WQ_MEM_RECLAIM:#x} highpri={WQ_HIGHPRI:#x} \
         intensive={WQ_CPU_INTENSIVE:#x} sysfs={WQ_SYSFS:#x} efficient={WQ_POWER_EFFICIENT:#x}"
    );
    answer!("max_active={WQ_MAX_ACTIVE} default={WQ_DFL_ACTIVE}");
}

fn from_work() {
    let one = alloc_ordered_workqueue!("ask_one", 0).unwrap();
    let other = Work::new(|_| {});
    let (tell, told) = std::sync::mpsc::channel();
    let flusher = Work::new(move |_| tell.send(int(flush_work(&other)) + 10).unwrap());
    queue_work(&one, &flusher);
    answer!("idle={}", told.recv().unwrap());
    flush_work(&flusher);
}
