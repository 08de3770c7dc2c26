//! The operators: each looks at one kind of code, and drafts the bugs that somebody could have
//! written there.

pub(crate) mod blocks;
pub(crate) mod calls;
pub(crate) mod conditions;
pub(crate) mod values;

#[cfg(test)]
pub(crate) mod tests {
    use crate::generate::render::render;
    use crate::generate::scan::scan;

    /// What each mutant of the body of a function does: its change, and the body as it would be if
    /// the switch were resolved.
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

    /// Asserts that `body` has a mutant that does `change` and is rendered as `text`.
    #[track_caller]
    pub(crate) fn assert_mutant(body: &str, change: &str, text: &str) {
        let all = mutants(body);
        assert!(all.iter().any(|(c, t)| c == change && t == text), "no {change:?} => {text}\namong {all:#?}");
    }

    /// Asserts that `body` has no mutant that does `change`.
    #[track_caller]
    pub(crate) fn assert_none(body: &str, change: &str) {
        let all = mutants(body);
        assert!(!all.iter().any(|(c, _)| c == change), "{all:#?}");
    }
}
