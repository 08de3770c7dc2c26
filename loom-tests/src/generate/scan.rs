//! Walks a file and lets the operators check everything that can be mutated.
//!
//! Left out: tests, functions that run at compile time (`const fn`), formatting (`Debug`),
//! patterns, types and macros (except the conditions of `wait_event!` and its like), and code of
//! which no model can see anything: what only reports (warnings, events, notes, assertions, with
//! the conditions for them), what only concerns the operating system's thread or a forked child,
//! hooks and injected faults, which no model has, what only models have (`has_readers`), and
//! `expose_provenance`, which is for the compiler.

use super::mutant::{Draft, Wrap};
use super::operators::{blocks, calls, conditions, values};
use std::collections::HashSet;
use std::ops::Range;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, Expr, ImplItemFn, Item, ItemFn, ItemImpl, ItemMod, Macro, Signature, Token, Type,
};

/// Functions that only report, or do something else that no model can see: not mutated.
const REPORTING: &[&str] = &[
    "warn",
    "warn_once",
    "observe",
    "observe_at",
    "event",
    "trace",
    "tell",
    "report",
    "keep",
    "touch",
    "too_many",
    "eprintln",
    "writeln",
    "panic",
    "unreachable",
    "format",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "refuse_in_forked_child",
    "forked",
    "may_leave",
    "might_sleep",
    "might_sleep_in",
    "might_sleep_in_all",
    "might_pause_in",
    "might_schedule_in",
    "before_wait",
    "waits_spinning",
    "is_held_by_walk",
    "check_in_place",
    "check_empty",
    "wait_note",
    "note_state",
    "note_state_here",
    "forget_state",
    "note_transition",
    "note_os_thread",
    "note_place",
    "note_counted",
    "note_references",
    "note_pid_block",
    "apply_inherited",
    "report_moved",
    "report_overflow",
    "report_panic",
    "report_stray_section",
    "report_too_deep",
    "tell_what_is_left",
    "notify_woken",
    "note_active",
    "noted",
    "take_off",
    "told_by_oops",
    "judge",
    "abort",
    "expose_provenance",
    "make_ordinary",
    "set_thread_name",
    "resumed",
    "leaves",
    "expect_os_thread",
    "forget_os_thread",
    "mark_ending",
    "is_ending",
    "is_awaited",
    "has_readers",
    "set_has_readers",
];

/// Methods that only read. A condition of these, for code that only reports, only reports too.
const READING: &[&str] =
    &["load", "flags", "contains", "is_err", "is_ok", "is_some", "is_none", "is_empty", "is_gone", "len"];

/// Macros whose arguments are expressions that are evaluated again and again.
const WAITING: &[&str] = &["wait_event", "swait_event", "wait_var_event"];

/// The drafts of all mutants of `source`.
pub(crate) fn scan(source: &str) -> Result<Vec<Draft>, String> {
    let file = syn::parse_file(source).map_err(|e| format!("line {}: {e}", e.span().start().line))?;
    let mut scan = Scan {
        source,
        scope: Vec::new(),
        drafts: Vec::new(),
        negated: HashSet::new(),
        statements: HashSet::new(),
        unit: HashSet::new(),
        valued: HashSet::new(),
    };
    scan.visit_file(&file);
    Ok(scan.drafts)
}

pub(crate) struct Scan<'a> {
    source: &'a str,
    scope: Vec<String>,
    drafts: Vec<Draft>,
    /// The ranges of expressions that an operator has negated already.
    pub(crate) negated: HashSet<Range<usize>>,
    /// The ranges of expressions that are whole statements.
    pub(crate) statements: HashSet<Range<usize>>,
    /// The ranges of blocks without a value, whatever they contain.
    pub(crate) unit: HashSet<Range<usize>>,
    /// The ranges of blocks with a value.
    pub(crate) valued: HashSet<Range<usize>>,
}

impl Scan<'_> {
    pub(crate) fn range(&self, what: &impl Spanned) -> Range<usize> {
        what.span().byte_range()
    }

    pub(crate) fn text(&self, range: &Range<usize>) -> &str {
        &self.source[range.clone()]
    }

    /// The text of `range` with `text` in place of its part `part`.
    pub(crate) fn with(&self, range: &Range<usize>, part: &Range<usize>, text: &str) -> String {
        [&self.source[range.start..part.start], text, &self.source[part.end..range.end]].concat()
    }

    /// Adds a mutant that changes `range`.
    pub(crate) fn add(
        &mut self,
        change: impl Into<String>,
        range: &Range<usize>,
        wraps: Vec<Wrap>,
        inserts: Vec<(usize, String)>,
    ) {
        let line = |at: usize| self.source[..at].matches('\n').count() + 1;
        let lines = line(range.start)..line(range.end) + 1;
        let text = self.text(range).to_owned();
        let function = self.scope.join("::");
        self.drafts.push(Draft {
            function,
            change: change.into(),
            text,
            lines,
            wraps,
            inserts,
            leaves: false,
        });
    }

    /// The number of mutants so far.
    pub(crate) fn count(&self) -> usize {
        self.drafts.len()
    }

    /// Marks the last mutant as dropping or moving a `return`, a `drop` or the like.
    pub(crate) fn last_leaves(&mut self) {
        if let Some(draft) = self.drafts.last_mut() {
            draft.leaves = true;
        }
    }

    fn within(&mut self, name: String, f: impl FnOnce(&mut Self)) {
        self.scope.push(name);
        f(self);
        self.scope.pop();
    }

    fn function(&mut self, attributes: &[Attribute], signature: &Signature, block: &Block) {
        let name = signature.ident.to_string();
        if signature.constness.is_some() || is_left_out(attributes, &name) {
            return;
        }
        let kind = match signature.output {
            syn::ReturnType::Default => &mut self.unit,
            syn::ReturnType::Type(..) => &mut self.valued,
        };
        kind.insert(block.span().byte_range());
        self.within(name, |scan| scan.visit_block(block));
    }
}

impl<'ast> Visit<'ast> for Scan<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Fn(_) | Item::Impl(_) | Item::Mod(_) | Item::Trait(_) => visit::visit_item(self, item),
            _ => {}
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.function(&function.attrs, &function.sig, &function.block);
    }

    fn visit_item_impl(&mut self, block: &'ast ItemImpl) {
        let of = block.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
        let shows =
            of.is_some_and(|of| ["Debug", "Display", "Default", "Error"].iter().any(|&n| of.ident == n));
        if shows || is_test(&block.attrs) {
            return;
        }
        let name = match &*block.self_ty {
            Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        };
        self.within(name.unwrap_or_default(), |scan| visit::visit_item_impl(scan, block));
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.function(&function.attrs, &function.sig, &function.block);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.function(&function.attrs, &function.sig, block);
        }
    }

    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}

    fn visit_pat(&mut self, _: &'ast syn::Pat) {}

    fn visit_type(&mut self, _: &'ast Type) {}

    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_generics(&mut self, _: &'ast syn::Generics) {}

    fn visit_macro(&mut self, call: &'ast Macro) {
        let name = call.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        if !WAITING.iter().any(|waiting| name.starts_with(waiting)) {
            return;
        }
        let Ok(arguments) = call.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) else {
            return;
        };
        for (number, argument) in arguments.iter().enumerate() {
            if number == 1 {
                conditions::condition(self, argument);
            }
            Visit::visit_expr(self, argument);
        }
    }

    fn visit_block(&mut self, block: &'ast Block) {
        blocks::block(self, block);
        visit::visit_block(self, block);
    }

    fn visit_stmt(&mut self, statement: &'ast syn::Stmt) {
        if let syn::Stmt::Expr(expr, end) = statement {
            self.statements.insert(expr.span().byte_range());
            if end.is_none() {
                values::result(self, Some(expr));
            }
        }
        visit::visit_stmt(self, statement);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            self.visit_expr(&init.expr);
            if let Some((_, diverge)) = &init.diverge {
                self.visit_expr(diverge);
            }
        }
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        if reports(expr) {
            return;
        }
        match expr {
            Expr::Repeat(_) => return,
            Expr::If(e) => {
                if e.else_branch.is_none() {
                    self.unit.insert(e.then_branch.span().byte_range());
                }
                conditions::condition(self, &e.cond);
                if is_of_forked_child(&e.cond) {
                    if let Some((_, other)) = &e.else_branch {
                        self.visit_expr(other);
                    }
                    return;
                }
            }
            Expr::While(e) => {
                self.unit.insert(e.body.span().byte_range());
                conditions::condition(self, &e.cond);
                conditions::once(self, expr, &e.body);
            }
            Expr::ForLoop(e) => {
                self.unit.insert(e.body.span().byte_range());
                conditions::once(self, expr, &e.body);
            }
            Expr::Loop(e) => {
                self.unit.insert(e.body.span().byte_range());
                conditions::once(self, expr, &e.body);
            }
            Expr::Match(e) => {
                for arm in &e.arms {
                    if let Some((_, guard)) = &arm.guard {
                        conditions::condition(self, guard);
                    }
                    calls::arm(self, &arm.body);
                }
            }
            Expr::Binary(e) => {
                conditions::operands(self, e);
                conditions::comparison(self, expr, e);
                values::arithmetic(self, e);
            }
            Expr::Unary(e) => conditions::negation(self, expr, e),
            Expr::MethodCall(e) => calls::method(self, expr, e),
            Expr::Call(e) => calls::function(self, expr, e),
            Expr::Return(e) => values::result(self, e.expr.as_deref()),
            _ => {}
        }
        visit::visit_expr(self, expr);
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let of_test = |list: &syn::MetaList| list.tokens.to_string().contains("test");
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg") && attribute.meta.require_list().is_ok_and(of_test))
    })
}

/// The name of the function, method or macro that `expr` finally calls.
pub(crate) fn called(expr: &Expr) -> Option<String> {
    match expr {
        Expr::MethodCall(call) => Some(call.method.to_string()),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        },
        Expr::Macro(call) => call.mac.path.segments.last().map(|last| last.ident.to_string()),
        Expr::Paren(inner) => called(&inner.expr),
        Expr::Return(inner) => inner.expr.as_deref().and_then(called),
        _ => None,
    }
}

/// True if `expr` does nothing but report.
pub(crate) fn reports(expr: &Expr) -> bool {
    let of_part = match expr {
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => reports_by_path(path) || reports_as_current(path, call),
            _ => false,
        },
        // What a task says about its wait.
        Expr::MethodCall(call) => {
            called(&call.receiver).is_some_and(|name| name == "wait_note")
                || reports(&call.receiver)
                || (call.method == "inspect_err" && call.args.iter().all(is_report))
        }
        Expr::If(e) => {
            let unseen = reads_only(&e.cond) && !e.then_branch.stmts.is_empty();
            e.else_branch.is_none()
                && (is_of_forked_child(&e.cond)
                    || is_of_lockdep(&e.cond)
                    || unseen && all_report(&e.then_branch))
        }
        Expr::Unsafe(e) => !e.block.stmts.is_empty() && all_report(&e.block),
        _ => false,
    };
    of_part || called(expr).is_some_and(|name| is_reporting(&name))
}

/// A call of a module that reports the user's mistakes, on which no protocol depends; or a value
/// that is only made to be reported.
fn reports_by_path(path: &syn::ExprPath) -> bool {
    let segments = &path.path.segments;
    let is = |at: usize, name: &str| segments.get(at).is_some_and(|segment| segment.ident == name);
    segments.len() > 1
        && (is(0, "lockdep")
            || is(0, "debug_objects")
            || (is(0, "Wait") && is(1, "new"))
            || (is(0, "Location") && is(1, "caller")))
}

/// `with_current(|me| …)` around nothing but a report.
fn reports_as_current(path: &syn::ExprPath, call: &syn::ExprCall) -> bool {
    let is_with_current = path.path.segments.last().is_some_and(|last| last.ident == "with_current");
    is_with_current && call.args.iter().all(is_report)
}

/// True for a closure that only reports.
fn is_report(argument: &Expr) -> bool {
    match argument {
        Expr::Closure(closure) => match &*closure.body {
            Expr::Block(block) => all_report(&block.block),
            body => reports(body),
        },
        _ => false,
    }
}

/// True if a block's statements only report, or make the text of a report.
fn all_report(block: &Block) -> bool {
    let is_text = |expr: &Expr| match expr {
        Expr::Reference(inner) => matches!(&*inner.expr, Expr::Lit(_) | Expr::Macro(_)),
        expr => matches!(expr, Expr::Lit(_) | Expr::Macro(_)),
    };
    block.stmts.iter().all(|statement| match statement {
        syn::Stmt::Expr(Expr::Return(_) | Expr::Break(_) | Expr::Continue(_), _) => false,
        syn::Stmt::Expr(expr, _) => reports(expr),
        syn::Stmt::Macro(call) => {
            call.mac.path.segments.last().is_some_and(|last| is_reporting(&last.ident.to_string()))
        }
        syn::Stmt::Local(local) => local.init.as_ref().is_some_and(|init| is_text(&init.expr)),
        syn::Stmt::Item(_) => false,
    })
}

/// True for a condition that has no effect.
fn reads_only(cond: &Expr) -> bool {
    match cond {
        Expr::Path(_) | Expr::Lit(_) | Expr::Field(_) => true,
        Expr::Unary(e) => reads_only(&e.expr),
        Expr::Paren(e) => reads_only(&e.expr),
        Expr::Binary(e) => reads_only(&e.left) && reads_only(&e.right),
        Expr::MethodCall(e) => {
            READING.iter().any(|reading| e.method == reading)
                && reads_only(&e.receiver)
                && e.args.iter().all(reads_only)
        }
        Expr::Macro(e) => e.mac.path.is_ident("matches"),
        _ => false,
    }
}

/// True for the condition that the process is a forked child.
fn is_of_forked_child(cond: &Expr) -> bool {
    called(cond).is_some_and(|name| name == "forked")
}

/// True for `lockdep::on()`, and for a condition that begins with it.
fn is_of_lockdep(cond: &Expr) -> bool {
    match cond {
        Expr::Binary(e) if matches!(e.op, syn::BinOp::And(_)) => is_of_lockdep(&e.left),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => {
                let names: Vec<_> =
                    path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
                names == ["lockdep", "on"]
            }
            _ => false,
        },
        _ => false,
    }
}

/// True if nothing in a function, or in a module without a name, is mutated.
pub(crate) fn is_left_out(attributes: &[Attribute], name: &str) -> bool {
    is_test(attributes) || name == "fmt" || is_reporting(name)
}

/// True if a function of this name only reports, or does something else that no model can see.
pub(crate) fn is_reporting(name: &str) -> bool {
    REPORTING.contains(&name) || name.starts_with("show_") || name.starts_with("fault_")
}

#[cfg(test)]
mod tests {
    use super::scan;

    fn count(source: &str) -> usize {
        scan(source).expect("it parses").len()
    }

    #[test]
    fn code_outside_the_protocols_is_left_out() {
        assert!(count("fn f() { a.store(1); }") > 0);
        assert_eq!(count("#[cfg(test)] mod tests { fn f() { a.store(1); } }"), 0);
        assert_eq!(count("#[cfg(all(test, not(loom)))] mod tests { fn f() { a.store(1); } }"), 0);
        assert_eq!(count("const fn f() { a.store(1); }"), 0);
        assert_eq!(count("impl fmt::Debug for A { fn fmt(&self) { a.store(1); } }"), 0);
        assert_eq!(count("const A: u32 = B + 1;"), 0);
        assert_eq!(count("fn f() { me.warn(x + 1); observe(a == b); debug_assert!(a < b); }"), 0);
        assert_eq!(count("fn f() { if lockdep::on() && a { debug_objects::note(b + 1); } }"), 0);
        assert_eq!(count("fn f() { me.wait_note().set(Wait::new(a, b).ends_itself(c || d)); }"), 0);
        assert_eq!(count("fn f() { if lockdep::on() && !g() { return; } }"), 0);
        assert_eq!(count("fn f() { if lockdep::on() && let Some(a) = b() { return Err(c); } }"), 0);
        assert!(count("fn f() { if a && lockdep::on() { g(); } }") > 0);
        assert!(count("fn f() { if lockdep::on() { g(); } else { h(); } }") > 0);
        assert_eq!(count("/// a.store(1);\nfn f() {}"), 0);
    }

    #[test]
    fn what_no_model_can_see_is_left_out() {
        assert_eq!(count("fn f() { sync::set_has_readers(!b); }"), 0);
        assert_eq!(
            count("fn f() { with_current(|me| me.warn(1)); with_current(|me| { me.event(2); }); }"),
            0
        );
        assert!(count("fn f() { with_current(|me| g(me)); }") > 0);
        assert_eq!(count("fn f() { a.inspect_err(|_| me.warn(1)); }"), 0);
        assert!(count("fn f() { a.inspect_err(|_| g()); }") > 0);
        assert_eq!(count("fn f() { if a.flags().contains(B) { let text = format!(c); me.warn(text); } }"), 0);
        assert_eq!(count("fn f() { if !ended.is_err() { told_by_oops(me); } }"), 0);
        assert!(count("fn f() { if a.take() { me.warn(1); } }") > 0);
        assert!(count("fn f() { if a { me.warn(1); g(); } }") > 0);
        assert_eq!(count("fn f() { if os::forked() { return Err(Errno::EOWNERDEAD); } }"), 0);
        assert!(count("fn f() { if os::forked() { return; } else { g(); } }") > 0);
        assert_eq!(count("fn f() { if reset { os::make_ordinary(1); } os::set_thread_name(a); }"), 0);
        assert_eq!(count("fn f() { Arc::as_ptr(&a).expose_provenance(); me.fault_in_timer(1); }"), 0);
        assert_eq!(count("fn f() { task.expect_os_thread(); sync::mark_ending(a); }"), 0);
        let drafts = scan("fn f() { if !self.lost { self.done.complete(); } }").expect("it parses");
        assert!(!drafts.is_empty() && drafts.iter().all(|d| d.text.contains("complete")), "{drafts:?}");
        assert!(drafts.iter().all(|d| !d.change.starts_with("always")), "{drafts:?}");
        assert_eq!(count("fn f() { me.wait_note().clear(); let _noted = me.wait_note().set(a); }"), 0);
    }

    #[test]
    fn what_is_made_to_be_reported_is_not_moved() {
        assert_eq!(count("fn f() -> u32 { let place = Location::caller(); a }"), 0);
        let drafts = scan("fn f() { a(); let noted = Wait::new(b, c).by(d.pid()); }").expect("it parses");
        assert!(drafts.iter().all(|draft| draft.change != "swapped"), "{drafts:?}");
        let drafts = scan("fn f() { a(); let text = b(); }").expect("it parses");
        assert!(drafts.iter().any(|draft| draft.change == "swapped"), "{drafts:?}");
    }

    #[test]
    fn a_mutant_knows_its_function() {
        let drafts = scan("impl A { fn f(&self) { fn g() { h(); } } }").expect("it parses");
        assert_eq!(drafts[0].function, "A::f::g");
    }

    #[test]
    fn the_condition_of_a_waiting_macro_is_mutated() {
        let drafts = scan("fn f() { wait_event!(&q, a || !b); }").expect("it parses");
        let changes: Vec<_> = drafts.iter().map(|d| (d.change.as_str(), d.text.as_str())).collect();
        assert!(changes.contains(&("always true", "a || !b")), "{changes:?}");
        assert!(changes.contains(&("never counts", "a")), "{changes:?}");
    }
}
