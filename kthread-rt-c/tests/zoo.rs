//! The zoo: modules that are wrong, each in one way, and beside each its right neighbour, of the
//! same name.
//!
//! A wrong one is reported once, at the line that is marked `TOLD`; a right one is not reported.
//! The first comment of each describes it:
//!
//! ```text
//! kind: a few words, the same for both neighbours; the table has them
//! told: what the report has to say (of a wrong one)
//! run: options of `ukmod run`, if not `--for 0s`
//! status: the exit status, if not 7 (of a wrong one)
//! ```
//!
//! A line that comes a second time in another order of the threads is a fault of the zoo: each of
//! them is deterministic by hand-shakes. `BLESS=1` writes the table in `docs/zoo.md`.

mod ukmod;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The animals' folder.
const ZOO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/zoo");
/// The table that is made of it.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/zoo.md");

/// One module, and what its first comment says of it.
#[derive(Debug)]
struct Animal {
    name: String,
    wrong: bool,
    kind: String,
    told: String,
    options: Vec<String>,
    status: i32,
    /// The line that is marked.
    line: Option<usize>,
}

impl Animal {
    fn read(path: &Path, wrong: bool) -> Self {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(path).unwrap();
        let comment = text.split("*/").next().unwrap();
        let said = |key: &str| {
            let line =
                comment.lines().find_map(|line| line.trim_start_matches([' ', '*', '/']).strip_prefix(key));
            line.map(|value| value.trim().to_owned())
        };
        let kind = said("kind:").unwrap_or_else(|| panic!("{name}: no kind"));
        let told = said("told:").unwrap_or_default();
        assert_eq!(wrong, !told.is_empty(), "{name}: a wrong one is told, a right one is not");
        let marked: Vec<usize> =
            text.lines().zip(1..).filter(|(line, _)| line.contains("/* TOLD */")).map(|(_, n)| n).collect();
        assert_eq!(marked.len(), usize::from(wrong), "{name}: lines that are marked TOLD");
        let options = said("run:").unwrap_or_else(|| "--for 0s".into());
        let options = options.split_whitespace().map(str::to_owned).collect();
        let status = said("status:").map_or(if wrong { 7 } else { 0 }, |status| status.parse().unwrap());
        Self { name, wrong, kind, told, options, status, line: marked.first().copied() }
    }

    fn folder(&self) -> &'static str {
        if self.wrong { "wrong" } else { "right" }
    }

    /// Runs it. What is not as it should be, if anything.
    fn judge(&self) -> Result<(), String> {
        let file = format!("zoo/{}/{}.c", self.folder(), self.name);
        let mut args = vec!["run", "--strict", file.as_str()];
        args.extend(self.options.iter().map(String::as_str));
        let (status, out, err) = ukmod::run(&args);
        let fault = |what: &str| Err(format!("{file}: {what}\nstatus {status}\n{out}{err}"));
        let reports: Vec<&str> = err.lines().filter(|line| is_report(line)).collect();
        if status != self.status {
            return fault(&format!("its status should be {}", self.status));
        }
        match (self.line, reports.as_slice()) {
            (None, []) => Ok(()),
            (None, _) => fault("it is right, and something is told"),
            (Some(line), [report]) => {
                let place = format!("{file}:{line}");
                let at = report
                    .split_once(&place)
                    .is_some_and(|(_, rest)| !rest.starts_with(|c: char| c.is_ascii_digit()));
                match (report.contains(&self.told), at) {
                    (true, true) => Ok(()),
                    (false, _) => fault(&format!("the report does not say {:?}", self.told)),
                    (true, false) => fault(&format!("the report does not name line {line}")),
                }
            }
            (Some(_), _) => fault(&format!("it is told {} times", reports.len())),
        }
    }
}

/// A warning of the runtime, an oops or a crash.
fn is_report(line: &str) -> bool {
    ["kthread-rt: ", "ukmod: oops: ", "ukmod: crash: "].iter().any(|begin| line.starts_with(begin))
}

fn animals(wrong: bool) -> BTreeMap<String, Animal> {
    let folder = Path::new(ZOO).join(if wrong { "wrong" } else { "right" });
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let animals = files.filter(|path| path.extension().is_some_and(|extension| extension == "c"));
    animals.map(|path| Animal::read(&path, wrong)).map(|animal| (animal.name.clone(), animal)).collect()
}

#[test]
fn each_wrong_one_is_told_once_at_its_line_and_no_right_one() {
    let all: Vec<Animal> = animals(true).into_values().chain(animals(false).into_values()).collect();
    // One alone, to look into it: `ZOO=name cargo test …`.
    let only = std::env::var("ZOO").ok();
    let next = AtomicUsize::new(0);
    let faults = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(animal) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if only.as_ref().is_some_and(|only| !animal.name.contains(only.as_str())) {
                        continue;
                    }
                    if let Err(fault) = animal.judge() {
                        faults.lock().unwrap().push(fault);
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), all.len(), faults.join("\n----\n"));
}

#[test]
fn each_wrong_one_has_a_right_neighbour_and_the_table_has_them_all() {
    let (wrong, right) = (animals(true), animals(false));
    assert!(wrong.keys().eq(right.keys()), "not of the same names: {:?}", {
        let alone = |a: &BTreeMap<String, Animal>, b: &BTreeMap<String, Animal>| {
            a.keys().filter(|name| !b.contains_key(*name)).cloned().collect::<Vec<_>>()
        };
        (alone(&wrong, &right), alone(&right, &wrong))
    });
    let mut table = String::from(
        "# The zoo: wrong modules and their reports\n\n\
         Each row is a module in `kthread-rt-c/tests/zoo/wrong/`, which has a right counterpart of the same name in\n\
         `zoo/right/`. `tests/zoo.rs` runs them all: a wrong one is reported once, at the line where it is wrong, a\n\
         right one is not reported. `BLESS=1 cargo test -p kthread-rt-c --test zoo` writes this table.\n\n\
         | module | kind | report contains | line |\n|---|---|---|---|\n",
    );
    for (name, animal) in &wrong {
        let line = animal.line.unwrap_or_default();
        writeln!(table, "| `{name}` | {} | {} | {line} |", animal.kind, animal.told).unwrap();
    }
    writeln!(table, "\n{} wrong modules, {} right ones.", wrong.len(), right.len()).unwrap();
    if std::env::var_os("BLESS").is_some() {
        fs::write(TABLE, table).unwrap();
    } else {
        assert_eq!(
            fs::read_to_string(TABLE).unwrap_or_default(),
            table,
            "docs/zoo.md: BLESS=1 writes it anew"
        );
    }
}
