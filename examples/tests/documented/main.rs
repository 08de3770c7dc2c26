//! What the sources document: public functions and macros have a runnable example, but for a list
//! that only gets shorter; each macro's docs have its form, and say what it returns or declares;
//! the root page has an index of the modules; ARCHITECTURE.md lists the files with unsafe code.

mod scanner;

use scanner::{Item, Scanner};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The lines of `without_example.txt`. Only ever a smaller number: a new function has an example.
const WITHOUT_EXAMPLE: usize = 291;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Files and folders that only the runtime itself, its macros' expansions and its C side call.
const NOT_FOR_USERS: &[&str] = &[
    "sync",
    "lockdep",
    "debug_objects.rs",
    "kthread/format",
    "kthread/format.rs",
    "kthread/named.rs",
    "kthread/shared.rs",
    "kthread/started.rs",
    "wait/event.rs",
    "wait/stepwise.rs",
];

/// The source files below `folder`, without those of `left_out`.
fn sources_of(folder: &Path, left_out: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if left_out.iter().any(|other| path.ends_with(Path::new("kthread-rt/src").join(other))) {
            continue;
        }
        if path.is_dir() {
            sources_of(&path, left_out, found);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

/// All that users can name, of kthread-rt and of its procedural macros.
fn items() -> Vec<Item> {
    let mut items = Vec::new();
    for folder in ["kthread-rt/src", "kthread-rt-macros/src"] {
        let folder = root().join(folder);
        let mut files = Vec::new();
        sources_of(&folder, NOT_FOR_USERS, &mut files);
        files.sort();
        for path in files {
            let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
            items.extend(Scanner::scan(name, &fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(items.len() > 900, "only {} functions and macros found", items.len());
    items
}

#[test]
fn only_the_functions_of_the_list_lack_an_example() {
    let list = fs::read_to_string(root().join("examples/tests/documented/without_example.txt")).unwrap();
    let list: BTreeSet<&str> = list.lines().collect();
    let items = items();
    let lacking: BTreeSet<&str> =
        items.iter().filter(|item| !item.has_example()).map(|item| &*item.name).collect();
    let new: Vec<&str> = lacking.difference(&list).copied().collect();
    assert!(new.is_empty(), "{} have no example in their docs; write one:\n{}", new.len(), new.join("\n"));
    let old: Vec<&str> = list.difference(&lacking).copied().collect();
    assert!(
        old.is_empty(),
        "{} have an example now, or another name; delete their lines in without_example.txt:\n{}",
        old.len(),
        old.join("\n")
    );
    assert_eq!(list.len(), WITHOUT_EXAMPLE, "the list's length; it only ever becomes smaller");
}

#[test]
fn each_macro_documents_its_form_and_what_it_returns_or_declares() {
    let items = items();
    let macros: Vec<&Item> = items.iter().filter(|item| item.is_macro).collect();
    assert!(macros.len() > 80, "only {} macros found", macros.len());
    let wrong: Vec<String> = macros.iter().filter_map(|item| item.lacks_of_macro()).collect();
    assert!(wrong.is_empty(), "{} macros:\n{}", wrong.len(), wrong.join("\n"));
}

/// Where a module's docs stand.
fn module_file(module: &str) -> PathBuf {
    let src = root().join("kthread-rt/src");
    let file = src.join(format!("{module}.rs"));
    if file.exists() { file } else { src.join(module).join("mod.rs") }
}

#[test]
fn the_root_page_has_an_index_of_all_modules_by_header() {
    let root_page = fs::read_to_string(root().join("kthread-rt/src/lib.rs")).unwrap();
    // The table before it goes by what one wants to do.
    let index = root_page.lines().skip_while(|line| !line.starts_with("//! | header |"));
    let rows: Vec<&str> = index.filter(|line| line.starts_with("//! | ")).collect();
    let (mut modules, mut is_hidden) = (Vec::new(), false);
    for line in root_page.lines() {
        if let Some(module) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';'))
            && !is_hidden
        {
            modules.push(module);
        }
        is_hidden = line == "#[doc(hidden)]";
    }
    assert!(modules.len() > 35, "only {} modules found", modules.len());
    let mut wrong = Vec::new();
    for module in &modules {
        let row = rows.iter().find(|row| row.contains(&format!("| [`{module}`]")));
        let Some(row) = row else {
            wrong.push(format!("{module}: no row of the index"));
            continue;
        };
        let docs = fs::read_to_string(module_file(module)).unwrap();
        let first_lines: Vec<&str> = docs.lines().take(2).collect();
        // The first sentence names the header, and the index has it.
        let first_lines = first_lines.join(" ");
        let header = first_lines.split('`').find(|part| part.starts_with("linux/") && part.ends_with(".h"));
        let expected = header.map_or("| none |".to_owned(), |header| format!("`{header}`"));
        if !row.contains(&expected) {
            wrong.push(format!("{module}: {expected} is not in its row: {row}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(rows.len(), modules.len() + 1, "a row for each module, and the head");
}

/// True if the file has an unsafe block or impl, other than in comments.
fn has_unsafe(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap();
    let mut code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.any(|line| line.contains("unsafe {") || line.contains("unsafe impl"))
}

#[test]
fn architecture_lists_the_files_with_unsafe_code() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let list = page.split("Unsafe code is in:").nth(1).and_then(|rest| rest.split("\n\n").next());
    let list = list.expect("the list stands in ARCHITECTURE.md");
    let is_path = |name: &&str| name.ends_with(".rs") || name.ends_with('/');
    let listed: Vec<&str> = list.split('`').skip(1).step_by(2).filter(is_path).collect();
    assert!(listed.len() > 30, "only {} files and folders found", listed.len());
    let src = root().join("kthread-rt/src");
    let mut files = Vec::new();
    sources_of(&src, &[], &mut files);
    files.retain(|path| has_unsafe(path));
    let covers = |name: &str, path: &Path| {
        let path = path.strip_prefix(&src).unwrap();
        if name.ends_with('/') { path.starts_with(name) } else { path == Path::new(name) }
    };
    let missing: Vec<_> = files.iter().filter(|path| !listed.iter().any(|name| covers(name, path))).collect();
    assert!(missing.is_empty(), "unsafe code that ARCHITECTURE.md does not list: {missing:?}");
    let stale: Vec<_> = listed.iter().filter(|name| !files.iter().any(|path| covers(name, path))).collect();
    assert!(stale.is_empty(), "listed in ARCHITECTURE.md, but without unsafe code: {stale:?}");
}
