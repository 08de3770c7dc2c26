//! Statements: drops one, swaps two neighbours, or releases a lock before the last one.

use crate::generate::mutant::{Piece, Wrap};
use crate::generate::scan::{Scan, called, reports};
use syn::visit::{self, Visit};
use syn::{Block, Expr, Local, Pat, Stmt};

/// Longer statements are not moved.
const LONGEST: usize = 400;

/// Calls that return a held lock.
const LOCKING: &[&str] =
    &["lock", "lock_bound", "lock_or_bind", "grab", "locked", "lock_pool", "lock_irqsave"];

pub(crate) fn block(scan: &mut Scan<'_>, block: &Block) {
    let range = scan.range(block);
    let (is_unit, is_valued) = (scan.unit.contains(&range), scan.valued.contains(&range));
    for (number, statement) in block.stmts.iter().enumerate() {
        let is_last = number + 1 == block.stmts.len();
        let is_value = |statement: &Stmt| is_valued && matches!(statement, Stmt::Expr(_, None));
        if !is_last || !is_value(statement) {
            dropped(scan, statement, &block.stmts[number + 1..], is_unit);
        }
        if let Some(next) = block.stmts.get(number + 1)
            && (number + 2 < block.stmts.len() || !is_value(next))
        {
            swapped(scan, statement, next);
        }
        if let Stmt::Local(local) = statement {
            unlocked(scan, local, &block.stmts[number + 1..]);
        }
    }
}

fn dropped(scan: &mut Scan<'_>, statement: &Stmt, after: &[Stmt], is_unit: bool) {
    let is_last = after.is_empty();
    let range = scan.range(statement);
    match statement {
        Stmt::Expr(expr, Some(_)) => {
            if diverges(expr) {
                // Elsewhere the compiler would report a missing `return`.
                if is_last && is_unit && !reports(expr) {
                    scan.add("dropped", &range, vec![Wrap::without(range.clone())], vec![]);
                    scan.last_leaves();
                }
            } else if acts(expr)
                && !takes_again(statement)
                && !is_around_one(expr)
                && !may_wait_for_the_end(statement, after)
            {
                scan.add("dropped", &range, vec![Wrap::without(range.clone())], vec![]);
                if gives_away(statement) {
                    scan.last_leaves();
                }
                if let Expr::Try(inner) = expr {
                    let ignored = format!("let _ = {};", scan.text(&scan.range(&*inner.expr)));
                    let pieces = vec![
                        Piece::Text("if crate::mutation::off(§) { ".into()),
                        Piece::Original(range.clone()),
                        Piece::Text(" } else { ".into()),
                        Piece::Mutated(ignored),
                        Piece::Text(" }".into()),
                    ];
                    scan.add("error ignored", &range, vec![Wrap { range: range.clone(), pieces }], vec![]);
                }
            }
        }
        Stmt::Expr(expr, None)
            if is_last
                && !is_around_one(expr)
                && (acts(expr) || (is_unit && matches!(expr, Expr::Return(_)))) =>
        {
            scan.add("dropped", &range, vec![Wrap::instead(range.clone(), "()")], vec![]);
            if diverges(expr) {
                scan.last_leaves();
            }
        }
        Stmt::Local(Local { pat: Pat::Wild(_), init: Some(init), .. }) if acts(&init.expr) => {
            scan.add("dropped", &range, vec![Wrap::without(range.clone())], vec![]);
        }
        _ => {}
    }
}

fn swapped(scan: &mut Scan<'_>, first: &Stmt, second: &Stmt) {
    if !has_effect(first) || !has_effect(second) || takes_again(first) || takes_again(second) {
        return;
    }
    if is_memory(first) && is_memory(second) {
        return;
    }
    let is_needless = (gives_away(first) && wakes(second))
        || sets_local_of_no_use_in(first, second)
        || sets_local_of_no_use_in(second, first)
        || is_apart(first, second)
        || is_apart(second, first);
    if is_needless {
        return;
    }
    let (one, two) = (scan.range(first), scan.range(second));
    let both = one.start..two.end;
    let before = scan.count();
    if gives_away(second) && matches!(first, Stmt::Expr(..)) && one.len() <= LONGEST {
        // The compiler must see that the value is dropped once.
        let mutated = format!("{} {}", scan.text(&two), scan.text(&one));
        let pieces = vec![
            Piece::Text("if crate::mutation::off(§) { ".into()),
            Piece::Original(both.clone()),
            Piece::Text(" } else { ".into()),
            Piece::Mutated(mutated),
            Piece::Text(" }".into()),
        ];
        scan.add("swapped", &both, vec![Wrap { range: both.clone(), pieces }], vec![]);
    } else if is_simple(second) && two.len() <= LONGEST {
        let moved = format!("if crate::mutation::on(§) {{ {}; }}", scan.text(&two).trim_end_matches(';'));
        scan.add("swapped", &both, vec![Wrap::without(two)], vec![(one.start, moved)]);
    } else if is_simple(first) && one.len() <= LONGEST && !matches!(second, Stmt::Expr(_, None)) {
        let moved = format!("if crate::mutation::on(§) {{ {} }}", scan.text(&one));
        scan.add("swapped", &both, vec![Wrap::without(one)], vec![(two.end, moved)]);
    }
    if scan.count() > before && (gives_away(first) || gives_away(second)) {
        scan.last_leaves();
    }
}

/// A statement that takes a released lock again, into the same variable: without it, the code after
/// it would not compile.
fn takes_again(statement: &Stmt) -> bool {
    match statement {
        Stmt::Expr(Expr::Assign(assign), _) => matches!(&*assign.left, Expr::Path(_)) && locks(&assign.right),
        _ => false,
    }
}

/// An `unsafe` block around one statement, which is mutated itself.
fn is_around_one(expr: &Expr) -> bool {
    matches!(expr, Expr::Unsafe(inner) if inner.block.stmts.len() == 1)
}

/// The names in a statement, except `self`, for a statement that only gives a value to a local
/// variable: it reads no memory but other local variables, and calls only functions that compute an
/// address.
fn of_locals(statement: &Stmt) -> Option<Vec<String>> {
    /// Calls that compute an address, or read the code's own place.
    const COMPUTING: &[&str] = &[
        "as_ptr",
        "from_ref",
        "addr",
        "caller",
        "node",
        "of_node",
        "list",
        "waiters",
        "eq",
        "null",
        "null_mut",
        "cast",
        "cast_mut",
        "cast_const",
    ];
    /// Collects the names, and finds anything else.
    struct Values(Vec<String>, bool);
    impl<'ast> Visit<'ast> for Values {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            let plain = match expr {
                Expr::Call(_) | Expr::MethodCall(_) => {
                    called(expr).is_some_and(|name| COMPUTING.contains(&name.as_str()))
                }
                Expr::Path(_) | Expr::Lit(_) | Expr::Paren(_) | Expr::Reference(_) => true,
                Expr::If(_) | Expr::Block(_) => true,
                _ => false,
            };
            self.1 |= !plain;
            visit::visit_expr(self, expr);
        }

        fn visit_ident(&mut self, ident: &'ast proc_macro2::Ident) {
            if ident != "self" {
                self.0.push(ident.to_string());
            }
        }
    }
    let mut values = Values(Vec::new(), false);
    match statement {
        Stmt::Local(Local { pat, init: Some(init), .. }) if init.diverge.is_none() => {
            values.0.push(bound(pat)?);
            values.visit_expr(&init.expr);
        }
        Stmt::Expr(Expr::Assign(assign), _) if matches!(&*assign.left, Expr::Path(_)) => {
            values.visit_expr(&assign.left);
            values.visit_expr(&assign.right);
        }
        _ => return None,
    }
    (!values.1).then_some(values.0)
}

/// True if `one` only gives a value to a local variable, and `other` neither names what is in it
/// nor leaves the block: their order makes no difference.
fn is_apart(one: &Stmt, other: &Stmt) -> bool {
    /// Finds what leaves a block.
    struct Leaves(bool);
    impl<'ast> Visit<'ast> for Leaves {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            self.0 |= diverges(expr) || matches!(expr, Expr::Try(_));
            visit::visit_expr(self, expr);
        }
    }
    let Some(names_in_one) = of_locals(one) else { return false };
    let mut leaves = Leaves(false);
    leaves.visit_stmt(other);
    !leaves.0 && !names_in_one.iter().any(|name| names(other, name))
}

/// A block's value that is made of local variables alone: whether a lock is held makes no
/// difference.
fn is_value(statement: &Stmt) -> bool {
    fn is_local(expr: &Expr) -> bool {
        match expr {
            Expr::Path(_) | Expr::Lit(_) => true,
            Expr::Paren(e) => is_local(&e.expr),
            Expr::Call(e) => {
                let wraps = called(expr).is_some_and(|name| name == "Ok" || name == "Err" || name == "Some");
                wraps && e.args.iter().all(is_local)
            }
            Expr::MethodCall(e) if e.method == "max" || e.method == "min" => {
                let of_copy = matches!(&*e.receiver, Expr::Field(field)
                    if matches!(&*field.base, Expr::Path(base) if !base.path.is_ident("self")));
                (of_copy || is_local(&e.receiver)) && e.args.iter().all(is_local)
            }
            _ => false,
        }
    }
    matches!(statement, Stmt::Expr(expr, None) if is_local(expr))
}

/// A statement that only changes memory of this thread or under its lock: no other thread sees the
/// order.
fn is_memory(statement: &Stmt) -> bool {
    /// Calls that only access their arguments.
    const PLAIN: &[&str] =
        &["replace", "take", "null", "null_mut", "is_null", "is_empty", "is_some", "from", "len"];
    /// Finds any other call, or anything else that other threads may see.
    struct Others(bool);
    impl<'ast> Visit<'ast> for Others {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            let calls = matches!(expr, Expr::Call(_) | Expr::MethodCall(_) | Expr::Macro(_));
            let plain = called(expr).is_some_and(|name| PLAIN.contains(&name.as_str()));
            self.0 |= (calls && !plain) || matches!(expr, Expr::Await(_) | Expr::Try(_) | Expr::Unsafe(_));
            visit::visit_expr(self, expr);
        }
    }
    let mut others = Others(false);
    others.visit_stmt(statement);
    !others.0
}

/// `drop(wake)`: wakes the tasks that were added to a wake queue. It may as well come before the
/// release of a lock: the woken tasks would only wait for the lock.
fn wakes(statement: &Stmt) -> bool {
    gives_away(statement) && names(statement, "wake")
}

/// `drop(wake)`, or the release of a lock before it: without the statement, the end of the block
/// does the same if nothing else comes before it.
fn may_wait_for_the_end(statement: &Stmt, after: &[Stmt]) -> bool {
    match after {
        [next, rest @ ..] if wakes(next) => gives_away(statement) && rest.iter().all(is_quiet),
        _ => wakes(statement) && after.iter().all(is_quiet),
    }
}

/// A statement without an effect, or a `return` without one.
fn is_quiet(statement: &Stmt) -> bool {
    fn is_value(expr: &Expr) -> bool {
        match expr {
            Expr::Lit(_) | Expr::Path(_) => true,
            Expr::Tuple(e) => e.elems.iter().all(is_value),
            Expr::Return(e) => e.expr.as_deref().is_none_or(is_value),
            Expr::Call(e) => {
                let makes = called(expr).is_some_and(|name| ["Ok", "Err", "Some"].contains(&name.as_str()));
                makes && e.args.iter().all(is_value)
            }
            _ => false,
        }
    }
    matches!(statement, Stmt::Expr(expr, _) if is_value(expr))
}

/// True if `first` only changes a local variable, and `second` neither mentions it nor goes to
/// another place of the function: their order is not visible.
fn sets_local_of_no_use_in(first: &Stmt, second: &Stmt) -> bool {
    /// Searches for a jump within the function.
    struct Jumps(bool);
    impl<'ast> Visit<'ast> for Jumps {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            self.0 |= matches!(expr, Expr::Break(_) | Expr::Continue(_));
            visit::visit_expr(self, expr);
        }
    }
    let (place, value) = match first {
        Stmt::Expr(Expr::Assign(e), _) => (&*e.left, &*e.right),
        Stmt::Expr(expr @ Expr::Binary(e), _) if acts(expr) => (&*e.left, &*e.right),
        _ => return false,
    };
    let name = |expr: &Expr| match expr {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    };
    let Some(local) = name(place) else { return false };
    let free = match value {
        Expr::Lit(_) => true,
        Expr::Path(path) if path.path.segments.len() > 1 => true,
        value => name(value).is_some_and(|value| !names(second, &value)),
    };
    let mut jumps = Jumps(false);
    jumps.visit_stmt(second);
    free && !names(second, &local) && !jumps.0
}

/// A statement that moves a value away, which ends what it borrows.
fn gives_away(statement: &Stmt) -> bool {
    match statement {
        Stmt::Expr(expr, _) => called(expr).is_some_and(|name| name == "drop" || name == "forget"),
        _ => false,
    }
}

fn unlocked(scan: &mut Scan<'_>, guard: &Local, after: &[Stmt]) {
    let Some(name) = bound(&guard.pat) else { return };
    let locks = guard.init.as_ref().is_some_and(|init| locks(&init.expr));
    let [between @ .., last] = after else { return };
    if !locks
        || between.is_empty()
        || is_quiet(last)
        || names(last, &name)
        || after.iter().any(|s| drops(s, &name))
    {
        return;
    }
    if is_value(last) {
        return;
    }
    let range = scan.range(last);
    let early = format!("if crate::mutation::on(§) {{ drop({name}); }}");
    scan.add(format!("`{name}` released before"), &range, vec![], vec![(range.start, early)]);
}

fn bound(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(name) => Some(name.ident.to_string()),
        _ => None,
    }
}

fn locks(init: &Expr) -> bool {
    match init {
        Expr::Unsafe(inner) => match inner.block.stmts.last() {
            Some(Stmt::Expr(expr, None)) => locks(expr),
            _ => false,
        },
        Expr::Try(inner) => locks(&inner.expr),
        Expr::Call(call) => {
            let of_lock = match &*call.func {
                Expr::Path(path) => {
                    path.path.segments.iter().any(|s| s.ident.to_string().starts_with("Locked"))
                }
                _ => false,
            };
            of_lock || called(init).is_some_and(|name| LOCKING.contains(&name.as_str()))
        }
        _ => called(init).is_some_and(|name| LOCKING.contains(&name.as_str())),
    }
}

/// Searches for a name.
struct Names<'a>(&'a str, bool);

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_ident(&mut self, ident: &'ast proc_macro2::Ident) {
        self.1 |= ident == self.0;
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.1 |= call.tokens.to_string().contains(self.0);
    }
}

fn names(statement: &Stmt, name: &str) -> bool {
    let mut names = Names(name, false);
    visit::visit_stmt(&mut names, statement);
    names.1
}

fn drops(statement: &Stmt, name: &str) -> bool {
    match statement {
        Stmt::Expr(expr, _) => called(expr).is_some_and(|call| call == "drop") && names(statement, name),
        _ => false,
    }
}

fn diverges(expr: &Expr) -> bool {
    matches!(expr, Expr::Return(_) | Expr::Break(_) | Expr::Continue(_))
}

/// True for an expression that has an effect beyond reporting.
pub(crate) fn acts(expr: &Expr) -> bool {
    use syn::BinOp::*;
    match expr {
        // An empty object.
        Expr::Call(e) if e.args.is_empty() && called(expr).is_some_and(|name| name == "new") => false,
        Expr::Call(_) | Expr::MethodCall(_) => !reports(expr),
        Expr::Macro(_) => called(expr).is_some_and(|name| name.contains("wait")),
        Expr::Assign(_) => !reports(expr),
        Expr::Binary(e) => matches!(
            e.op,
            AddAssign(_) | SubAssign(_) | BitAndAssign(_) | BitOrAssign(_) | BitXorAssign(_) | MulAssign(_)
        ),
        Expr::Try(e) => acts(&e.expr),
        Expr::Unsafe(e) => e.block.stmts.iter().any(has_effect),
        _ => false,
    }
}

/// A statement that can be moved as it is.
fn is_simple(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(expr, _) if acts(expr))
}

fn has_effect(statement: &Stmt) -> bool {
    /// Searches for a call or an assignment.
    struct Effects(bool);
    impl<'ast> Visit<'ast> for Effects {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            let refuses = matches!(expr, Expr::If(e) if called(&e.cond).is_some_and(|n| n == "forked"));
            if reports(expr) || refuses {
                return;
            }
            self.0 |= acts(expr);
            visit::visit_expr(self, expr);
        }
    }
    let mut effects = Effects(false);
    match statement {
        Stmt::Expr(expr, _) if !diverges(expr) => effects.visit_expr(expr),
        Stmt::Local(local) => {
            if let Some(init) = &local.init {
                effects.visit_expr(&init.expr);
            }
        }
        _ => {}
    }
    effects.0
}

#[cfg(test)]
mod tests {
    use crate::generate::operators::tests::{assert_mutant, assert_none, mutants};

    #[test]
    fn a_statement_is_dropped() {
        assert_mutant("a.store(1);", "dropped", "if off(1) { a.store(1); }");
        assert_mutant("x -= 1;", "dropped", "if off(1) { x -= 1; }");
        assert_mutant("let _ = g();", "dropped", "if off(1) { let _ = g(); }");
        assert_mutant("a; wake(x)", "dropped", "a; (if off(1) { wake(x) } else { () })");
        assert_none("me.warn(1);", "dropped");
        assert_none("let a = 1;", "dropped");
        assert_mutant("unsafe { f() };", "dropped", "unsafe { (if off(1) { f() } else { () }) };");
        assert_eq!(mutants("unsafe { f() };").len(), 1);
    }

    #[test]
    fn the_value_of_a_function_is_not_dropped() {
        let drafts = crate::generate::scan::scan("fn f() -> u32 { a(); g() }").expect("it parses");
        let texts: Vec<_> = drafts.iter().map(|draft| draft.text.as_str()).collect();
        assert_eq!(texts, ["a();"]);
    }

    #[test]
    fn an_early_return_is_dropped_where_there_is_no_value() {
        assert_mutant("if a { g(); return; } h();", "dropped", "if a { g(); if off(1) { return; } } h();");
        assert!(
            !mutants("let Some(a) = b else { return; }; h();")
                .iter()
                .any(|(_, t)| t.contains("{ return; }; }"))
        );
        assert_none("let Some(a) = b else { return; };", "dropped");
    }

    #[test]
    fn an_error_is_ignored() {
        assert_mutant("g()?; 1", "error ignored", "if off(1) { g()?; } else { let _ = g(); } 1");
    }

    #[test]
    fn two_neighbours_change_places() {
        assert_mutant("a(); b();", "swapped", "if on(1) { b(); } a(); if off(1) { b(); }");
        assert_mutant("let x = a(); b();", "swapped", "if on(1) { b(); } let x = a(); if off(1) { b(); }");
        assert_mutant("a(); let x = b();", "swapped", "if off(1) { a(); } let x = b(); if on(1) { a(); }");
        assert_mutant("a(); b()", "swapped", "if on(1) { b(); } a(); if off(1) { b() }");
        assert_mutant("a(); drop(g);", "swapped", "if off(1) { a(); drop(g); } else { drop(g); a(); }");
        assert_none("let x = 1; b();", "swapped");
        assert_none("if os::forked() { return e(x); } b();", "swapped");
        assert_none("drop(g); g = m.lock();", "swapped");
        assert_none("s.a = ptr::null(); s.b += 1;", "swapped");
        assert_mutant("s.a = 1; b();", "swapped", "if on(1) { b(); } s.a = 1; if off(1) { b(); }");
        assert_none("a(); me.warn(1);", "swapped");
        assert_none("a(); let wake = WakeQueue::new();", "swapped");
        assert_mutant(
            "a(); let b = B::new(c);",
            "swapped",
            "if off(1) { a(); } let b = B::new(c); if on(1) { a(); }",
        );
    }

    #[test]
    fn tasks_may_be_woken_before_the_release_of_a_lock_or_at_the_end() {
        assert_none("drop(queue); drop(wake);", "swapped");
        let changes = |body: &str, text: &str| {
            mutants(body).iter().filter(|(change, t)| change == "dropped" && t.contains(text)).count()
        };
        let without_wake = "if off(1) { drop(wake); }";
        assert_eq!(changes("drop(queue); drop(wake);", without_wake), 0);
        assert_eq!(changes("drop(queue); drop(wake); return Ok(a);", without_wake), 0);
        assert_eq!(changes("drop(queue); drop(wake); b();", without_wake), 1);
        let without_queue = "if off(1) { drop(queue); }";
        assert_eq!(changes("drop(queue); drop(wake); return Ok(a);", without_queue), 0);
        assert_eq!(changes("drop(queue); drop(wake); b();", without_queue), 1);
        assert_eq!(changes("drop(queue); b();", without_queue), 1);
        assert_mutant(
            "a(); drop(wake);",
            "swapped",
            "if off(1) { a(); drop(wake); } else { drop(wake); a(); }",
        );
    }

    #[test]
    fn a_local_variable_may_be_set_earlier_or_later() {
        assert_none("a(b); n += 1;", "swapped");
        assert_none("if a() { return true; } word = 0;", "swapped");
        assert_none("n = CLOSED; a();", "swapped");
        for body in ["a(n); n += 1;", "a(); n = b();", "if a() { continue; } n = 0;", "a(); *n = 1;"] {
            assert!(mutants(body).iter().any(|(change, _)| change == "swapped"), "{body}");
        }
    }

    #[test]
    fn a_local_value_and_what_does_not_name_it_stay_in_order() {
        assert_none("let raw = task.as_ptr(); fence(x);", "swapped");
        assert_none("limit = None; wake(task);", "swapped");
        assert_none("next = if ptr::eq(a, next) { ptr::null() } else { a }; wake(task);", "swapped");
        assert_none("self.lock.take_it(); let list = self.list();", "swapped");
        // The other statement uses it, or changes what it is made of.
        assert_mutant(
            "limit = None; wake(limit);",
            "swapped",
            "if on(1) { wake(limit); } limit = None; if off(1) { wake(limit); }",
        );
        assert_mutant(
            "next = after; after = g();",
            "swapped",
            "if on(1) { after = g(); } next = after; if off(1) { after = g(); }",
        );
        // It is not a local variable, or its value is not.
        assert!(mutants("self.limit = None; wake(task);").iter().any(|(change, _)| change == "swapped"));
        assert!(mutants("let x = a.load(o); wake(task);").iter().any(|(change, _)| change == "swapped"));
        assert!(mutants("x = self.first; wake(task);").iter().any(|(change, _)| change == "swapped"));
        // The other statement decides whether it is reached.
        assert!(
            mutants("loop { if g() { break; } b = true; }").iter().any(|(change, _)| change == "swapped")
        );
    }

    #[test]
    fn a_lock_is_released_before_the_last_statement() {
        let early = "let g = m.lock(); a(); if on(1) { drop(g); } b();";
        assert_mutant("let g = m.lock(); a(); b();", "`g` released before", early);
        assert_none("let g = m.lock(); a(); b(&g);", "`g` released before");
        assert_none("let g = m.lock(); a(); drop(g); b();", "`g` released before");
        assert_none("let g = m.len(); a(); b();", "`g` released before");
        assert_none("let g = m.lock(); a(); Ok(x)", "`g` released before");
        assert_none("let g = m.lock(); a(); Ok(how.left.max(1))", "`g` released before");
        assert_mutant(
            "let g = m.lock(); a(); self.x",
            "`g` released before",
            "let g = m.lock(); a(); if on(1) { drop(g); } self.x",
        );
        assert_none("let g = m.lock(); a(); Some(b)", "`g` released before");
    }
}
