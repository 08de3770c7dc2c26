//! Finds the functions and macros of a source file that users can name, with their docs. A small
//! reader of lines, which counts on rustfmt's layout.

/// What the sources document: a function, a method or a macro that users can name.
pub(crate) struct Item {
    /// `folder/file.rs: Type::name`, or `name!` for a macro.
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) is_macro: bool,
}

impl Item {
    /// True if the docs have a code block that `cargo test --doc` runs, or at least compiles.
    pub(crate) fn has_example(&self) -> bool {
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
    pub(crate) fn lacks_of_macro(&self) -> Option<String> {
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
pub(crate) struct Scanner {
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

/// The type of `impl<…> Type<…>`. None for the impl of a trait, whose methods have the trait's
/// docs.
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
    pub(crate) fn scan(file: &str, text: &str) -> Vec<Item> {
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
