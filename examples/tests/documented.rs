//! What the sources document: public functions and macros have a runnable example, but for a list
//! that only gets shorter; each macro's docs have its form, and say what it returns or declares; the
//! root page has an index of the modules; ARCHITECTURE.md lists the files with unsafe code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The lines of `without_example.txt`. Only ever a smaller number: a new function has an example.
const WITHOUT_EXAMPLE: usize = 291;

/// What the sources document: a function, a method or a macro that users can name.
struct Item {
    /// `folder/file.rs: Type::name`, or `name!` for a macro.
    name: String,
    docs: Vec<String>,
    is_macro: bool,
}

impl Item {
    /// True if the docs have a code block that `cargo test --doc` runs, or at least compiles.
    fn has_example(&self) -> bool {
        let mut is_open = false;
        self.docs.iter().filter_map(|line| line.trim_start().strip_prefix("```")).any(|kind| {
            is_open = !is_open;
            is_open && matches!(kind.trim(), "" | "rust" | "no_run" | "should_panic")
        })
    }
}

impl Item {
    /// The docs without code blocks and line breaks.
    fn prose(&self) -> String {
        let mut is_code = false;
        let lines = self.docs.iter().map(|line| line.trim()).filter(|line| {
            is_code ^= line.starts_with("```");
            !is_code && !line.starts_with("```")
        });
        lines.collect::<Vec<_>>().join(" ")
    }

    /// What the docs of a macro lack: each shows its form with the arguments, and says what it
    /// returns or declares.
    fn lacks_of_macro(&self) -> Option<String> {
        let prose = self.prose();
        let name = self.name.rsplit(": ").next().unwrap();
        let says = |words: [&str; 3]| words.iter().any(|word| prose.contains(word));
        if !prose.contains(&format!("`{name}(")) {
            Some(format!("{} shows no form, as in \"**Form**: `{name}(x: Type)`\"", self.name))
        } else if !says(["**Returns** ", "Declares ", "Returns `"]) {
            Some(format!("{} says neither \"**Returns** …\" nor \"Declares …\"", self.name))
        } else {
            None
        }
    }
}

/// Reads one source file from top to bottom: docs and attributes are kept until the item that they
/// belong to.
#[derive(Default)]
struct Scanner {
    file: String,
    docs: Vec<String>,
    attributes: String,
    /// The type of the `impl` block around the line.
    of_type: Option<String>,
    /// The macro whose definition is around the line.
    template: Option<String>,
    /// The macro whose invocation is around the line: each of its lines can define functions.
    invocation: Option<String>,
    found: Vec<Item>,
}

const FUNCTIONS: &[&str] = &[
    "pub fn ",
    "pub const fn ",
    "pub unsafe fn ",
    "pub const unsafe fn ",
    "pub async fn ",
    "pub unsafe extern \"C\" fn ",
    "pub unsafe extern \"C-unwind\" fn ",
    "pub extern \"C\" fn ",
];

/// The identifier that a text begins with.
fn identifier(text: &str) -> &str {
    let text = text.strip_prefix("r#").unwrap_or(text);
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.split(|c| !is_part(c)).next().unwrap_or_default()
}

/// The type of `impl<…> Type<…>`. None for the impl of a trait, whose methods have the trait's docs.
fn type_of(head: &str) -> Option<String> {
    let mut depth = 0;
    let rest = head.strip_prefix("impl")?.trim_start();
    let end = rest.find(|c| {
        depth += i32::from(c == '<') - i32::from(c == '>');
        depth == 0 && c != '>'
    });
    let rest = &rest[if rest.starts_with('<') { end? } else { 0 }..];
    (!rest.contains(" for ")).then(|| identifier(rest.trim_start()).to_owned())
}

impl Scanner {
    fn scan(file: &str, text: &str) -> Vec<Item> {
        let mut scanner = Self { file: file.to_owned(), ..Self::default() };
        let mut attribute = String::new();
        for line in text.lines() {
            let trimmed = line.trim_start();
            if !attribute.is_empty() || trimmed.starts_with("#[") {
                attribute.push_str(trimmed);
                let count = |c| attribute.matches(c).count();
                if count('[') == count(']') {
                    scanner.attribute(&attribute);
                    attribute.clear();
                }
            } else if let Some(docs) = trimmed.strip_prefix("///") {
                scanner.docs.push(docs.to_owned());
            } else if !trimmed.starts_with("//") {
                if scanner.attributes.contains("#[cfg(test)]") && trimmed.starts_with("mod ") {
                    break;
                }
                scanner.code(line);
            }
        }
        scanner.found
    }

    fn attribute(&mut self, attribute: &str) {
        match attribute.strip_prefix("#[doc = ") {
            Some(text) => self.docs.push(text.to_owned()),
            None => self.attributes.push_str(attribute),
        }
    }

    fn code(&mut self, line: &str) {
        let code = line.trim_start();
        // A repeated attribute of a template: the docs stand where the template is used.
        if code == "$(#[$meta])*" {
            self.attributes.push_str(code);
            return;
        }
        if line.starts_with("impl") {
            self.of_type = type_of(line);
        } else if line.starts_with("macro_rules!") {
            self.template = Some(identifier(&line["macro_rules! ".len()..]).to_owned());
        } else if line.ends_with("! {") && !line.starts_with(' ') {
            self.invocation = Some(identifier(line).to_owned());
        } else if line.starts_with('}') {
            (self.of_type, self.template, self.invocation) = (None, None, None);
        }
        self.item(line, code);
        self.docs.clear();
        self.attributes.clear();
    }

    fn item(&mut self, line: &str, code: &str) {
        let is_hidden = self.attributes.contains("#[doc(hidden)]");
        if line.starts_with("macro_rules!") {
            // A macro is hidden at the root, and shown in its module.
            if let (true, Some(name)) = (self.attributes.contains("macro_export"), self.template.clone()) {
                self.add(&name, true);
            }
        } else if let Some(rest) = FUNCTIONS.iter().find_map(|start| code.strip_prefix(start)) {
            let name = identifier(rest);
            let docs_are_elsewhere = self.attributes.contains("$(#[$meta])*");
            if self.attributes.contains("#[proc_macro]") {
                self.add(name, true);
            } else if !is_hidden && !docs_are_elsewhere {
                let owner = self.of_type.clone().or_else(|| self.template.clone().map(|name| name + "!"));
                let name = owner.map_or(name.to_owned(), |owner| format!("{owner}::{name}"));
                self.add(&name, false);
            }
        } else if self.invocation.is_some() && !self.docs.is_empty() {
            // A family's line is `name…`; other macros define constants and types.
            let name = identifier(code);
            if !matches!(name, "pub" | "const" | "static") {
                self.add(name, false);
            }
        }
    }

    fn add(&mut self, name: &str, is_macro: bool) {
        if name.is_empty() || name.rsplit("::").next().is_some_and(|name| name.starts_with("__")) {
            return;
        }
        let name = format!("{}: {name}{}", self.file, if is_macro { "!" } else { "" });
        let docs = std::mem::take(&mut self.docs);
        self.found.push(Item { name, docs, is_macro });
    }
}

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
    let list = fs::read_to_string(root().join("examples/tests/without_example.txt")).unwrap();
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
    let rows: Vec<&str> = root_page.lines().filter(|line| line.starts_with("//! | ")).collect();
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

#[test]
fn the_scanner_finds_what_lacks_an_example() {
    let text = r##"
/// Has one.
///
/// ```
/// assert!(has());
/// ```
#[track_caller]
pub fn has() -> bool {
}

/// Has none: this is not run.
///
/// ```text
/// lacks
/// ```
pub unsafe fn lacks<T>(t: T) {}

/// Not for users.
#[doc(hidden)]
pub fn hidden() {}
pub(crate) fn of_the_crate() {}

impl<'a, T: Into<Vec<u8>>> Guard<'a, T> {
    /// A method.
    pub const fn get(&self) {}
}

impl Drop for Guard {
    /// Of a trait.
    fn drop(&mut self) {}
}

macro_rules! family {
    ($($(#[$meta:meta])* $name:ident;)*) => { $(
        $(#[$meta])*
        pub fn $name() {}
    )* };
}

family! {
    /// One.
    one;
    /// Two.
    ///
    /// ```
    /// two();
    /// ```
    two;
}

/// Waits.
#[macro_export]
#[doc(hidden)]
macro_rules! wait {
    () => {};
}

#[cfg(test)]
mod tests {
    pub fn test() {}
}
"##;
    let lacking = |text: &str| -> Vec<String> {
        let found = Scanner::scan("x.rs", text).into_iter();
        found.filter(|item| !item.has_example()).map(|item| item.name).collect()
    };
    let expected = ["x.rs: lacks", "x.rs: Guard::get", "x.rs: one", "x.rs: wait!"];
    assert_eq!(lacking(text), expected);
    assert!(
        lacking(&text.replace("/// assert!(has());", "").replacen("/// ```\n", "", 2))[0].ends_with("has")
    );
}
