//! Conditions: negates them or makes them constant, as a whole or in part; makes comparisons off by
//! one; lets loops run only once.

use crate::generate::mutant::{Piece, Wrap};
use crate::generate::scan::{Scan, called, reports};
use syn::{BinOp, Block, Expr, ExprBinary, ExprUnary, UnOp};

/// A condition as a whole. Its side effects stay; only its value is replaced. It is made constant
/// in both ways, and not negated as well: what notices one of the constants notices that.
pub(crate) fn condition(scan: &mut Scan<'_>, cond: &Expr) {
    let range = scan.range(cond);
    if only_reports(cond) {
        return;
    }
    if has_let(cond) {
        let wrap = Wrap::around(range.clone(), "", " && crate::mutation::off(§)");
        return scan.add("always false", &range, vec![wrap], vec![]);
    }
    scan.negated.insert(range.clone());
    let always = Wrap::around(range.clone(), "((", ") || crate::mutation::on(§))");
    scan.add("always true", &range, vec![always], vec![]);
    let never = Wrap::around(range.clone(), "((", ") && crate::mutation::off(§))");
    scan.add("always false", &range, vec![never], vec![]);
}

fn negate(scan: &mut Scan<'_>, expr: &Expr) {
    let range = scan.range(expr);
    if scan.negated.insert(range.clone()) {
        let wrap = Wrap::around(range.clone(), "(crate::mutation::on(§) != (", "))");
        scan.add("negated", &range, vec![wrap], vec![]);
    }
}

/// The operands of `&&` and `||`: ignores each in turn.
pub(crate) fn operands(scan: &mut Scan<'_>, e: &ExprBinary) {
    let (before, after) = match e.op {
        BinOp::And(_) => ("((", ") || crate::mutation::on(§))"),
        BinOp::Or(_) => ("((", ") && crate::mutation::off(§))"),
        _ => return,
    };
    if matches!(e.op, BinOp::And(_)) && only_reports(&e.left) {
        return;
    }
    for operand in [&*e.left, &*e.right] {
        let same_again = matches!((operand, e.op),
            (Expr::Binary(inner), BinOp::And(_)) if matches!(inner.op, BinOp::And(_)))
            || matches!((operand, e.op),
            (Expr::Binary(inner), BinOp::Or(_)) if matches!(inner.op, BinOp::Or(_)));
        let range = scan.range(operand);
        if matches!(operand, Expr::Let(_)) {
            let wrap = Wrap::around(range.clone(), "", " && crate::mutation::off(§)");
            scan.add("never counts", &range, vec![wrap], vec![]);
        } else if !same_again && !only_reports(operand) && !has_let(operand) {
            scan.add("never counts", &range, vec![Wrap::around(range.clone(), before, after)], vec![]);
        }
    }
}

/// `<` for `<=`, and the like; `==` for `!=`.
pub(crate) fn comparison(scan: &mut Scan<'_>, expr: &Expr, e: &ExprBinary) {
    let (helper, change) = match e.op {
        BinOp::Eq(_) | BinOp::Ne(_) => return negate(scan, expr),
        BinOp::Lt(_) => ("less", "`<` becomes `<=`"),
        BinOp::Le(_) => ("less_or_equal", "`<=` becomes `<`"),
        BinOp::Gt(_) => ("greater", "`>` becomes `>=`"),
        BinOp::Ge(_) => ("greater_or_equal", "`>=` becomes `>`"),
        _ => return,
    };
    let range = scan.range(expr);
    // A call instead of an `if`, which would drop the operands' temporaries too early.
    let pieces = vec![
        Piece::Text(format!("crate::mutation::{helper}(§, &(")),
        Piece::Original(scan.range(&*e.left)),
        Piece::Text("), &(".into()),
        Piece::Original(scan.range(&*e.right)),
        Piece::Text("))".into()),
    ];
    scan.add(change, &range, vec![Wrap { range: range.clone(), pieces }], vec![]);
}

/// Drops a `!`.
pub(crate) fn negation(scan: &mut Scan<'_>, expr: &Expr, e: &ExprUnary) {
    let range = scan.range(expr);
    if !matches!(e.op, UnOp::Not(_)) || only_reports(&e.expr) || !scan.negated.insert(range.clone()) {
        return;
    }
    let mutated = scan.text(&scan.range(&*e.expr)).to_owned();
    scan.add("negated", &range, vec![Wrap::instead(range.clone(), mutated)], vec![]);
}

/// Runs a loop's body at most once.
pub(crate) fn once(scan: &mut Scan<'_>, expr: &Expr, body: &Block) {
    let range = scan.range(expr);
    let end = scan.range(body).end - 1;
    let stop = "; if crate::mutation::on(§) { break; }".to_owned();
    scan.add("once", &range, vec![], vec![(end, stop)]);
}

fn has_let(cond: &Expr) -> bool {
    match cond {
        Expr::Let(_) => true,
        Expr::Binary(e) => has_let(&e.left) || has_let(&e.right),
        _ => false,
    }
}

/// A condition about the process, about what is reported, or about an injected fault.
fn only_reports(cond: &Expr) -> bool {
    match cond {
        Expr::Unary(e) => only_reports(&e.expr),
        Expr::Paren(e) => only_reports(&e.expr),
        Expr::Binary(e) if matches!(e.op, BinOp::And(_)) => only_reports(&e.left),
        Expr::Macro(_) => called(cond).is_some_and(|name| name == "cfg"),
        // An injected fault.
        Expr::Field(e) => matches!(&e.member, syn::Member::Named(name) if name == "lost"),
        _ => reports(cond),
    }
}

#[cfg(test)]
mod tests {
    use crate::generate::operators::tests::{assert_mutant, assert_none};

    #[test]
    fn a_condition_becomes_constant() {
        assert_none("if a() { b }", "negated");
        assert_none("if !a() { b }", "negated");
        assert_none("if a == b { c }", "negated");
        assert_mutant("if a() { b }", "always true", "if ((a()) || on(1)) { b }");
        assert_mutant("while a() { b }", "always false", "while ((a()) && off(1)) { b }");
        assert_mutant(
            "match x { n if n < 2 => b, _ => c }",
            "always true",
            "match x { n if ((n < 2) || on(1)) => b, _ => c }",
        );
        assert_none("if os::forked() { b }", "always true");
    }

    #[test]
    fn a_pattern_never_fits() {
        assert_mutant("if let A = b() { c }", "always false", "if let A = b() && off(1) { c }");
        assert_mutant("if let A = b() && d { c }", "never counts", "if let A = b() && ((d) || on(1)) { c }");
    }

    #[test]
    fn an_operand_stops_counting() {
        assert_mutant("let x = a && b;", "never counts", "let x = ((a) || on(1)) && b;");
        assert_mutant("let x = a || b;", "never counts", "let x = a || ((b) && off(1));");
    }

    #[test]
    fn a_comparison_is_off_by_one() {
        assert_mutant("let x = a < b;", "`<` becomes `<=`", "let x = less(1, &(a), &(b));");
        assert_mutant("let x = a >= b;", "`>=` becomes `>`", "let x = greater_or_equal(1, &(a), &(b));");
        assert_mutant("let x = a == b;", "negated", "let x = (on(1) != (a == b));");
        assert_mutant("let x = !a;", "negated", "let x = (if off(1) { !a } else { a });");
    }

    #[test]
    fn a_loop_runs_once() {
        assert_mutant("while a { b() }", "once", "while a { b() ; if on(1) { break; } }");
        assert_mutant("for a in c { b(); }", "once", "for a in c { b(); ; if on(1) { break; } }");
        assert_mutant("loop { b(); }", "once", "loop { b(); ; if on(1) { break; } }");
    }
}
