//! Calls: weakens an ordering, makes a read-modify-write only read, wakes one waiter instead of
//! all, or uses the other end of a list.

use super::blocks::acts;
use crate::generate::mutant::Wrap;
use crate::generate::scan::{Scan, called};
use std::ops::Range;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprCall, ExprMethodCall, Token};

/// Calls and the ones that a programmer could mistake them for.
const OTHERS: &[(&str, &str, &str)] = &[
    ("wake_up_all", "wake_up", "to one for all"),
    ("wake_up", "wake_up_all", "to all for one"),
    ("wake_up_all_locked", "wake_up_locked", "to one for all"),
    ("wake_up_locked", "wake_up_all_locked", "to all for one"),
    ("swake_up_all", "swake_up_one", "to one for all"),
    ("swake_up_one", "swake_up_all", "to all for one"),
    ("wake_all", "wake_one", "to one for all"),
    ("wake_one", "wake_all", "to all for one"),
    ("complete_all", "complete", "to one for all"),
    ("complete", "complete_all", "to all for one"),
    ("notify_all", "notify_one", "to one for all"),
    ("notify_one", "notify_all", "to all for one"),
    ("push_back", "push_front", "at the other end"),
    ("push_front", "push_back", "at the other end"),
    ("pop_front", "pop_back", "at the other end"),
    ("pop_back", "pop_front", "at the other end"),
];

/// Full paths, for calls whose bare name would not resolve.
const PATHS: &[(&str, &str)] = &[
    ("wake_up", "crate::wait::wake_up"),
    ("wake_up_all", "crate::wait::wake_up_all"),
    ("swake_up_one", "crate::swait::swake_up_one"),
    ("swake_up_all", "crate::swait::swake_up_all"),
];

/// Read-modify-writes: without the write, a load remains.
fn is_rmw(method: &str) -> bool {
    method == "swap" || method.starts_with("fetch_")
}

pub(crate) fn method(scan: &mut Scan<'_>, expr: &Expr, e: &ExprMethodCall) {
    let name = e.method.to_string();
    orderings(scan, &name, &e.args);
    let range = scan.range(expr);
    if is_rmw(&name) && last_is_ordering(&e.args) && !scan.statements.contains(&range) {
        let receiver = scan.text(&scan.range(&*e.receiver)).to_owned();
        let mutated = format!("{receiver}.load(crate::sync::Ordering::Acquire)");
        scan.add("only read", &range, vec![Wrap::instead(range.clone(), mutated)], vec![]);
    }
    others(scan, &range, &name, &scan.range(&e.method), false);
}

pub(crate) fn function(scan: &mut Scan<'_>, expr: &Expr, e: &ExprCall) {
    let Some(name) = called(expr) else { return };
    let range = scan.range(expr);
    let Expr::Path(path) = &*e.func else { return };
    if name == "fence" {
        orderings(scan, &name, &e.args);
    }
    if name == "replace"
        && let Some(Expr::Reference(place)) = e.args.first()
        && place.mutability.is_some()
        && !scan.statements.contains(&range)
    {
        let mutated = scan.text(&scan.range(&*place.expr)).to_owned();
        scan.add("only read", &range, vec![Wrap::instead(range.clone(), mutated)], vec![]);
    }
    if name == "Err" {
        let mutated = "Ok(Default::default())";
        scan.add("succeeds", &range, vec![Wrap::instead(range.clone(), mutated)], vec![]);
    }
    if let Some(last) = path.path.segments.last() {
        let alone = path.path.segments.len() == 1;
        others(scan, &range, &name, &scan.range(&last.ident), alone);
    }
    if name == "insert_after" && e.args.len() == 3 {
        // Right after the head instead of at its place.
        let (head, place) = (scan.range(&e.args[0]), scan.range(&e.args[1]));
        if scan.text(&head) != scan.text(&place) {
            let mutated = scan.with(&range, &place, scan.text(&head));
            scan.add("at the front", &range, vec![Wrap::instead(range.clone(), mutated)], vec![]);
        }
    }
}

/// An arm of a `match` that is one call.
pub(crate) fn arm(scan: &mut Scan<'_>, body: &Expr) {
    if acts(body) {
        let range = scan.range(body);
        scan.add("dropped", &range, vec![Wrap::instead(range.clone(), "()")], vec![]);
    }
}

fn others(scan: &mut Scan<'_>, range: &Range<usize>, name: &str, ident: &Range<usize>, alone: bool) {
    if name == "push_back" && scan.text(range).contains("ListHead::push_back(") {
        // For the crate's intrusive list: after its head is its front.
        let text = scan.text(range).to_owned();
        if let Some((before, arguments)) = text.split_once("push_back(")
            && let Some((head, rest)) = arguments.split_once(", ")
        {
            let mutated = format!("{{ let head = {head}; {before}insert_after(head, head, {rest} }}");
            scan.add("at the other end", range, vec![Wrap::instead(range.clone(), mutated)], vec![]);
        }
        return;
    }
    for (_, other, change) in OTHERS.iter().filter(|(from, ..)| *from == name) {
        let path = PATHS.iter().find(|(short, _)| alone && short == other).map_or(*other, |(_, path)| path);
        let mutated = scan.with(range, ident, path);
        scan.add(*change, range, vec![Wrap::instead(range.clone(), mutated)], vec![]);
    }
}

fn ordering(expr: &Expr) -> Option<String> {
    const ALL: [&str; 5] = ["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"];
    match expr {
        Expr::Path(path) => {
            let name = path.path.segments.last()?.ident.to_string();
            ALL.contains(&name.as_str()).then_some(name)
        }
        _ => None,
    }
}

fn last_is_ordering(arguments: &Punctuated<Expr, Token![,]>) -> bool {
    arguments.last().is_some_and(|last| ordering(last).is_some())
}

/// The orderings that are weaker than `word` and allowed for `call`; `second` is the failure
/// ordering of a compare-exchange.
fn weaker(call: &str, word: &str, second: bool) -> &'static [&'static str] {
    match (call, word) {
        ("fence", "SeqCst") => &["AcqRel"],
        ("fence", "AcqRel") => &["Acquire", "Release"],
        ("load", "SeqCst") => &["Acquire", "Relaxed"],
        ("store", "SeqCst") => &["Release", "Relaxed"],
        ("fence" | "load" | "store", "Acquire" | "Release") if call != "fence" => &["Relaxed"],
        ("fence", _) => &[],
        (_, "SeqCst") if second => &["Acquire", "Relaxed"],
        (_, "SeqCst") => &["AcqRel", "Release", "Acquire", "Relaxed"],
        (_, "AcqRel") => &["Release", "Acquire", "Relaxed"],
        (_, "Acquire" | "Release") => &["Relaxed"],
        _ => &[],
    }
}

fn orderings(scan: &mut Scan<'_>, call: &str, arguments: &Punctuated<Expr, Token![,]>) {
    let given: Vec<_> = arguments.iter().filter(|argument| ordering(argument).is_some()).collect();
    for (number, argument) in given.iter().enumerate() {
        let Some(word) = ordering(argument) else { continue };
        let range = scan.range(argument);
        let second = number == 1;
        // The text is the whole call, so that the name is unambiguous.
        let whole = arguments
            .first()
            .map_or(range.clone(), |first| scan.range(first).start..scan.range(arguments).end);
        for weaker in weaker(call, &word, second) {
            let text = scan.text(&range).to_owned();
            let mutated = text.strip_suffix(word.as_str()).unwrap_or_default().to_owned() + weaker;
            let which = if second { " of the failure" } else { "" };
            let change = format!("{call}: {word}{which} becomes {weaker}");
            scan.add(change, &whole, vec![Wrap::instead(range.clone(), mutated)], vec![]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::generate::operators::tests::{assert_mutant, assert_none, mutants};

    #[test]
    fn an_ordering_is_weakened_as_far_as_the_call_allows() {
        let change = "fetch_add: AcqRel becomes Release";
        let text = "a.fetch_add(1, (if off(1) { Ordering::AcqRel } else { Ordering::Release }));";
        assert_mutant("a.fetch_add(1, Ordering::AcqRel);", change, text);
        let count =
            |body: &str| mutants(body).iter().filter(|(change, _)| change.contains("becomes")).count();
        assert_eq!(count("a.fetch_add(1, Ordering::AcqRel);"), 3);
        assert_eq!(count("a.load(Ordering::Acquire);"), 1);
        assert_eq!(count("a.store(1, Ordering::Release);"), 1);
        assert_eq!(count("a.store(1, Ordering::Relaxed);"), 0);
        assert_eq!(count("a.load(Ordering::SeqCst);"), 2);
        assert_eq!(count("a.compare_exchange(1, 2, Ordering::AcqRel, Ordering::Acquire);"), 4);
        assert_eq!(count("fence(Ordering::SeqCst);"), 1);
    }

    #[test]
    fn a_fence_is_dropped() {
        assert_mutant("fence(Ordering::SeqCst);", "dropped", "if off(1) { fence(Ordering::SeqCst); }");
    }

    #[test]
    fn a_read_modify_write_only_reads() {
        let text = "if (if off(1) { a.swap(1, Ordering::AcqRel) } else { a.load(sync::Ordering::Acquire) }) == 1 { b }";
        let text = text.replace("sync::", "crate::sync::");
        assert_mutant("if a.swap(1, Ordering::AcqRel) == 1 { b }", "only read", &text);
        let text = "let x = (if off(1) { mem::replace(&mut s.a, 1) } else { s.a });";
        assert_mutant("let x = mem::replace(&mut s.a, 1);", "only read", text);
        assert_none("a.swap(1, Ordering::AcqRel);", "only read");
    }

    #[test]
    fn a_wake_up_goes_to_one_instead_of_all() {
        let text = "(if off(1) { wake_up_all(&q) } else { crate::wait::wake_up(&q) });";
        assert_mutant("wake_up_all(&q);", "to one for all", text);
        assert_mutant(
            "c.complete();",
            "to all for one",
            "(if off(1) { c.complete() } else { c.complete_all() });",
        );
    }

    #[test]
    fn an_item_goes_to_the_other_end_of_a_list() {
        let text = "(if off(1) { v.push_back(x) } else { v.push_front(x) });";
        assert_mutant("v.push_back(x);", "at the other end", text);
        let text = "(if off(1) { ListHead::push_back(h, n) } else { { let head = h; ListHead::insert_after(head, head, n) } });";
        assert_mutant("ListHead::push_back(h, n);", "at the other end", text);
    }

    #[test]
    fn an_error_becomes_success() {
        let text = "return (if off(1) { Err(e) } else { Ok(Default::default()) });";
        assert_mutant("return Err(e);", "succeeds", text);
    }

    #[test]
    fn an_arm_is_dropped() {
        assert_mutant(
            "match a { B => wake(c), _ => {} }",
            "dropped",
            "match a { B => (if off(1) { wake(c) } else { () }), _ => {} }",
        );
    }
}
