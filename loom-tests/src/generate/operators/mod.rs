//! The operators: each drafts the bugs that a programmer could have written in one kind of code.

pub(crate) mod blocks;
pub(crate) mod calls;
pub(crate) mod conditions;
pub(crate) mod values;

#[cfg(test)]
pub(crate) mod tests {
    use crate::generate::render::render;
    use crate::generate::scan::scan;

    /// For each mutant of a function's body: its change, and the rendered body with a short form of
    /// the switch.
    pub(crate) fn mutants(body: &str) -> Vec<(String, String)> {
        let source = format!("fn f() {{ {body} }}");
        let drafts = scan(&source).expect("it parses");
        let each = drafts.iter().map(|draft| {
            let (rendered, crossing) = render(&source, &[(draft, 1)]);
            assert!(crossing.is_empty());
            syn::parse_file(&rendered.text).expect("what is rendered parses");
            let text = rendered.text.strip_prefix("fn f() {").and_then(|t| t.strip_suffix('}'));
            let text = text.expect("the function").replace("crate::mutation::", "");
            (draft.change.clone(), text.split_whitespace().collect::<Vec<_>>().join(" "))
        });
        each.collect()
    }

    /// Asserts that `body` has a mutant with `change` that is rendered as `text`.
    #[track_caller]
    pub(crate) fn assert_mutant(body: &str, change: &str, text: &str) {
        let all = mutants(body);
        assert!(all.iter().any(|(c, t)| c == change && t == text), "no {change:?} => {text}\namong {all:#?}");
    }

    /// Asserts that `body` has no mutant with `change`.
    #[track_caller]
    pub(crate) fn assert_none(body: &str, change: &str) {
        let all = mutants(body);
        assert!(!all.iter().any(|(c, _)| c == change), "{all:#?}");
    }
}
