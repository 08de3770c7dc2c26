//! A run: load the modules, wait, unload them, report.

use crate::build::{self, Built, Plan};
use crate::cli::{BuildOptions, Ended, Load, Nth, Run, RunOptions};
use crate::leave::leave;
use crate::load::Module;
use crate::output::{self, tell};
use crate::scratch::Scratch;
use crate::symbols::{self, Symbols};
use crate::watch::{Phase, Watch};
use crate::words::{self, Group, Param};
use crate::{Failure, crash, debugger, elf, left, oops, repeated, signals, trace, trial};
use kthread_rt::errno::Errno;
use kthread_rt::faults::FaultPlan;
use kthread_rt::{HZ, Kernel, ShutdownReport, async_synchronize_full, current, flush_signals, rcu_barrier};
use kthread_rt_c::module;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A module to load.
struct Wanted {
    name: String,
    path: PathBuf,
    symbols: Symbols,
    /// For each undefined symbol, the source files that use it, if they are known.
    wanted_by: BTreeMap<String, Vec<String>>,
    /// The index of the group of words that named it.
    group: usize,
}

impl Wanted {
    fn built(built: Built, group: usize) -> Self {
        let Built { name, path, symbols, wanted_by } = built;
        Self { name, path, symbols, wanted_by, group }
    }
}

/// `ukmod run`.
pub(crate) fn build_and_run(run: &Run) -> Result<Ended, Failure> {
    let (wanted, groups, scratch) = built(run)?;
    let mut options = run.run.clone();
    if let Some(Nth::One(nth)) = run.fail_nth {
        options.faults = Some(trial::with_failing(plan(&options)?, nth));
        options.time.get_or_insert(Duration::ZERO);
    }
    if let Some(tool) = run.tool.chosen() {
        let words = words_of(&wanted, groups);
        return Err(debugger::become_tool(tool, &words, &options, scratch));
    }
    go(wanted, groups.into_iter().map(|group| group.params).collect(), &options, scratch)
}

/// Builds the modules of `ukmod run`, and returns the words for a `ukmod load` of them.
pub(crate) fn build_for_load(run: &Run) -> Result<(Vec<OsString>, Scratch), Failure> {
    let (wanted, groups, scratch) = built(run)?;
    Ok((words_of(&wanted, groups), scratch))
}

/// Builds the modules.
fn built(run: &Run) -> Result<(Vec<Wanted>, Vec<Group>, Scratch), Failure> {
    let scratch = Scratch::new().map_err(build::no_folder)?;
    let groups = words::groups(&run.words, false)?;
    let mut plans = Vec::new();
    let mut group_of = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        plans.extend(build::plans(group, &run.build, run.run.raw)?);
        group_of.resize(plans.len(), index);
    }
    let flags = debugger::flags(run.tool.chosen());
    let built = build::modules(&plans, scratch.path(), &run.build, flags)?;
    let wanted = built.into_iter().zip(group_of).map(|(built, group)| Wanted::built(built, group)).collect();
    let wanted = sorted(wanted);
    check(&wanted, Ended::NotBuilt, run.run.raw)?;
    Ok((wanted, groups, scratch))
}

/// The faults to inject. A wrong spec in the environment is an error: the run must not go on
/// without faults.
pub(crate) fn plan(options: &RunOptions) -> Result<FaultPlan, Failure> {
    if let Some(plan) = &options.faults {
        return Ok(plan.clone());
    }
    let spec = std::env::var("KTHREAD_RT_FAULTS").unwrap_or_default();
    spec.parse().map_err(|e| Failure::new(Ended::Usage, format!("KTHREAD_RT_FAULTS: {e}")))
}

/// Builds modules for another process, which is `ukmod load` with the returned words and with
/// `--scratch`. All modules are one group.
pub(crate) fn words_of_built(
    plans: &[Plan],
    group: Group,
    options: &BuildOptions,
    scratch: &Scratch,
) -> Result<Vec<OsString>, Failure> {
    let built = build::modules(plans, scratch.path(), options, &[])?;
    let wanted = sorted(built.into_iter().map(|built| Wanted::built(built, 0)).collect());
    // The process that loads them reports it.
    let quiet = true;
    check(&wanted, Ended::NotBuilt, quiet)?;
    Ok(words_of(&wanted, vec![group]))
}

/// `ukmod load`.
pub(crate) fn load_and_run(load: &Load) -> Result<Ended, Failure> {
    let scratch = Scratch::inherited(load.run.scratch.as_deref());
    let built_by_run = load.run.scratch.is_some() || load.run.trial.is_some();
    let groups = words::groups(&load.words, !built_by_run)?;
    let mut wanted = Vec::new();
    for (group, path) in
        groups.iter().enumerate().flat_map(|(g, group)| group.paths.iter().map(move |p| (g, p)))
    {
        // dlopen searches the library path for a bare name.
        let path = path.canonicalize().unwrap_or_else(|_| path.clone());
        let symbols = elf::module(&path, built_by_run).map_err(|e| Failure::new(Ended::NotLoaded, e))?;
        wanted.push(Wanted {
            name: build::module_name(&path),
            path,
            symbols,
            wanted_by: BTreeMap::new(),
            group,
        });
    }
    if built_by_run {
        wanted = sorted(wanted);
    }
    check(&wanted, Ended::NotLoaded, load.run.raw)?;
    go(wanted, groups.into_iter().map(|group| group.params).collect(), &load.run, scratch)
}

/// The words for a `ukmod load` with `--scratch`: groups, as for `run`.
fn words_of(wanted: &[Wanted], groups: Vec<Group>) -> Vec<OsString> {
    let mut words = Vec::new();
    for (index, group) in groups.into_iter().enumerate() {
        let modules = wanted.iter().filter(|module| module.group == index);
        words.extend(modules.map(|module| module.path.clone().into_os_string()));
        words.extend(group.params.into_iter().map(|param| param.to_string().into()));
        words.push("+".into());
    }
    words
}

/// Sorts the modules so that each comes after those whose exports it uses. Modules that depend on
/// each other keep their order.
fn sorted(mut rest: Vec<Wanted>) -> Vec<Wanted> {
    let mut sorted: Vec<Wanted> = Vec::new();
    while !rest.is_empty() {
        let free = |module: &Wanted| {
            rest.iter().all(|other| {
                module.name == other.name || module.symbols.wanted.is_disjoint(&other.symbols.exported)
            })
        };
        let next = rest.iter().position(free).unwrap_or(0);
        sorted.push(rest.remove(next));
    }
    sorted
}

/// Reports all missing symbols at once, before anything is loaded.
fn check(wanted: &[Wanted], status: Ended, raw: bool) -> Result<(), Failure> {
    let mut exported = BTreeSet::new();
    let mut complaints = Vec::new();
    for module in wanted {
        let lacking = symbols::unresolved(&module.symbols, &exported);
        for name in lacking.missing {
            let later = wanted.iter().find(|other| other.symbols.exported.contains(&name));
            let users = module
                .wanted_by
                .get(&name)
                .map_or(String::new(), |files| format!(" (in {})", files.join(", ")));
            complaints.push(match later {
                Some(other) => format!(
                    "{}: {name} is exported by {}, which comes later: name that module first",
                    module.name, other.name
                ),
                None => format!(
                    "not supported: {name}, which {}{users} needs; see `ukmod supported`",
                    module.name
                ),
            });
        }
        for name in lacking.foreign.iter().filter(|_| !raw) {
            tell!("ukmod: {}: {name} is the C library's function here, not a kernel's", module.name);
        }
        exported.extend(module.symbols.exported.iter().cloned());
    }
    if complaints.is_empty() { Ok(()) } else { Err(Failure::new(status, complaints.join("\nukmod: "))) }
}

/// A loaded module, and the results of its init and exit.
struct Running {
    module: Module,
    init_took: Duration,
    init: Option<i32>,
    exit_took: Option<Duration>,
}

fn go(
    wanted: Vec<Wanted>,
    params: Vec<Vec<Param>>,
    options: &RunOptions,
    scratch: Scratch,
) -> Result<Ended, Failure> {
    let refused = |e: &dyn std::fmt::Display| Failure::new(Ended::NotLoaded, e.to_string());
    let plan = plan(options)?;
    module::set_console(options.raw, true);
    let blocked = signals::block();
    // Before the runtime installs its handlers: they pass on every fault but a stack overflow.
    let reporter = crash::watch().map_err(|e| refused(&e))?;
    let mut kernel = Kernel::builder().on_warning(oops::on_warning).exact_timeouts(options.exact_timeouts);
    if let Some(file) = &options.trial {
        kernel = kernel.on_event(trial::begin(file).map_err(|e| refused(&e))?);
    }
    if !plan.is_empty() {
        // Injected faults are meant to find leaks, so record where memory was allocated.
        module::note_allocations_by(trace::PLACES.here);
    }
    let kernel = match options.hung_task {
        Some(limit) => kernel.hung_task(limit),
        None => kernel,
    };
    let kernel = kernel.faults(plan).ps(true).debug(!options.no_debug).places_in_c(trace::PLACES);
    let kernel = kernel.boot().map_err(|e| refused(&e))?;
    let inside = kernel.enter();
    oops::report_oopses();
    reporter.start(Kernel::current()).map_err(|e| refused(&e))?;
    let watch = Watch::begin(Kernel::current(), current(), options).map_err(|e| refused(&e))?;
    module::before_power_off(|| leave(Ended::Well));
    output::watch_console();
    output::watch_readers().map_err(|e| refused(&e))?;
    signals::take(blocked, watch.clone(), Kernel::current()).map_err(|e| refused(&e))?;

    let begun = Instant::now();
    let mut running = map(wanted, params, &watch)?;
    let until = options.time.map(|time| Instant::now() + time);
    let mut ended = Ended::Well;
    let initialised = init_all(&mut running, &watch, &mut ended);
    if initialised == running.len() {
        watch.enter(Phase::Loaded);
        watch.wait(until);
    }
    for one in running[..initialised].iter_mut().rev() {
        exit(one, &watch, &mut ended);
    }
    module::forget_created_tasks();
    watch.enter(Phase::Shutdown);
    // Memory that the modules gave to RCU is freed now, so it is not reported.
    rcu_barrier();
    // Give threads that are about to return the time to do so.
    kernel.settle(HZ);
    let report = kernel.shutdown();
    repeated::report_rest();
    // A trial records leaks itself.
    if options.trial.is_none() {
        left::report_memory();
    }
    drop(inside);
    if oops::count() > 0 {
        ended = ended.max(Ended::Crashed);
    }
    trial::ended(&report);
    if !options.raw {
        tell(&running, &report, begun.elapsed());
    }
    if options.strict
        && (!report.alive.is_empty()
            || module::outstanding_memory().0 > 0
            || module::wrong_frees() > 0
            || oops::warnings() > 0)
        && ended == Ended::Well
    {
        ended = Ended::Left;
    }
    if report.alive.is_empty() {
        // In reverse order: a module may use the exports of those before it.
        watch.enter(Phase::Unload);
        running.into_iter().rev().for_each(|one| one.module.unmap());
        watch.enter(Phase::Over);
        return Ok(ended);
    }
    // A thread may still run their code.
    running.into_iter().for_each(|one| one.module.keep());
    drop(scratch);
    leave(ended)
}

/// Maps all modules and sets their parameters.
fn map(wanted: Vec<Wanted>, params: Vec<Vec<Param>>, watch: &Watch) -> Result<Vec<Running>, Failure> {
    let refused = |e: String| Failure::new(Ended::NotLoaded, e);
    let mut running: Vec<Running> = Vec::new();
    let mut groups = Vec::new();
    for wanted in wanted {
        if wanted.symbols.wanted.contains("jiffies") {
            module::begin_jiffies();
        }
        if wanted.symbols.wanted.contains("kthreadd_task") {
            module::know_kthreadd();
        }
        watch.enter(Phase::Load(wanted.name.clone()));
        // Its constructors may crash.
        crash::know_module(wanted.path.clone());
        let module = Module::map(wanted.name, &wanted.path).map_err(refused)?;
        crash::know_code(&wanted.path);
        groups.push(wanted.group);
        running.push(Running { module, init_took: Duration::ZERO, init: None, exit_took: None });
    }
    for (group, params) in params.iter().enumerate() {
        let modules =
            || running.iter().zip(&groups).filter(|&(_, &of)| of == group).map(|(one, _)| &one.module);
        for param in params {
            let mut known = false;
            for module in
                modules().filter(|module| param.module.as_ref().is_none_or(|name| *name == module.name))
            {
                known |= module.set(&param.name, &param.value).map_err(refused)?;
            }
            if !known {
                let say = |module: &Module| match &module.param_names()[..] {
                    [] => format!("{} has none", module.name),
                    names => format!("{} has: {}", module.name, names.join(", ")),
                };
                let has: Vec<_> = modules().map(say).collect();
                return Err(refused(format!("unknown parameter '{}'; {}", param.name, has.join("; "))));
            }
        }
    }
    Ok(running)
}

/// Calls the init functions until one fails. Returns the number of modules whose exit has to be
/// called.
fn init_all(running: &mut [Running], watch: &Watch, ended: &mut Ended) -> usize {
    for (index, one) in running.iter_mut().enumerate() {
        let name = &one.module.name;
        watch.enter(Phase::Init(name.clone()));
        let begun = Instant::now();
        let init = one.module.init();
        one.init_took = begun.elapsed();
        one.init = init.as_ref().ok().copied();
        trial::init_ended(name, one.init);
        match init {
            Ok(0) => {}
            Ok(ret @ ..0) => {
                tell!("ukmod: {name}: init returned {ret}: {}", Errno::from_raw(-ret));
                left::report_left(&one.module);
                *ended = Ended::NotLoaded;
                return index;
            }
            // As in a kernel.
            Ok(ret) => {
                tell!(
                    "ukmod: {name}: init returned {ret}, which is neither 0 nor an error; it is loaded anyway"
                );
                *ended = Ended::NotLoaded;
            }
            Err(panic) => {
                tell!("ukmod: {name}: init oopsed{}", what(&*panic));
                *ended = Ended::NotLoaded;
                return index;
            }
        }
        if watch.interrupted() {
            return index + 1;
        }
    }
    running.len()
}

fn exit(one: &mut Running, watch: &Watch, ended: &mut Ended) {
    watch.enter(Phase::Exit(one.module.name.clone()));
    // In a kernel, exit runs in another process than init, so signals sent to init are not pending
    // there.
    flush_signals(&current());
    let references = one.module.references();
    if references > 0 {
        let held = if references == 1 {
            "1 reference is held".to_owned()
        } else {
            format!("{references} references are held")
        };
        tell!(
            "ukmod: {}: in use, {held}: rmmod would refuse; waiting before its exit is called",
            one.module.name
        );
        one.module.wait_until_unused();
    }
    let begun = Instant::now();
    match one.module.exit() {
        Ok(()) => {
            one.exit_took = Some(begun.elapsed());
            // As a kernel does after an exit.
            async_synchronize_full();
            left::report_left(&one.module);
        }
        Err(panic) => {
            tell!("ukmod: {}: exit oopsed{}", one.module.name, what(&*panic));
            *ended = (*ended).max(Ended::ExitOopsed);
        }
    }
}

/// A panic's message, to follow "oopsed".
fn what(panic: &(dyn std::any::Any + Send)) -> String {
    oops::text_of(panic).map_or_else(|| ": it called kthread_exit".to_owned(), |text| format!(": {text}"))
}

fn tell(running: &[Running], report: &ShutdownReport, took: Duration) {
    for one in running {
        let init = match one.init {
            Some(ret) => format!("init returned {ret} after {:?}", rounded(one.init_took)),
            None => "init oopsed".to_owned(),
        };
        let exit = match (one.exit_took, one.init) {
            (Some(took), _) => format!("exit came back after {:?}", rounded(took)),
            (None, Some(0..)) => "exit oopsed".to_owned(),
            (None, _) => "exit was not called".to_owned(),
        };
        tell!("ukmod: {}: {init}, {exit}", one.module.name);
    }
    let memory = match module::outstanding_memory() {
        (0, _) => "all memory freed".to_owned(),
        (blocks, bytes) => format!("memory not freed: {bytes} bytes in {blocks} block(s)"),
    };
    let (forked, joined) = (report.forked, report.joined);
    tell!("ukmod: {forked} thread(s) made, {joined} joined; {memory}; {:.3} s", took.as_secs_f64());
    if !report.alive.is_empty() {
        let names: Vec<_> = report.alive.iter().map(|task| format!("{}[{}]", task.comm, task.pid)).collect();
        let they = if names.len() == 1 { "it" } else { "they" };
        tell!(
            "ukmod: still alive: {}: {they} may run a module's code, so no module is unmapped",
            names.join(", ")
        );
    }
}

/// The blocks that are not freed and whose place of allocation was recorded, as texts.
pub(crate) fn not_freed() -> Vec<String> {
    let modules = crash::known_modules();
    let block = |(size, address): (usize, usize)| {
        let place = trace::innermost(&[address], &modules)?;
        Some(format!("{size} bytes, allocated at {place}"))
    };
    module::outstanding_blocks().into_iter().filter_map(block).collect()
}

fn rounded(time: Duration) -> Duration {
    Duration::from_micros(u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
}
