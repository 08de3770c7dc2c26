//! Values: drops a `+ 1`, leaves a bit unset or uncleared, or returns `true` for `false`.

use crate::generate::mutant::Wrap;
use crate::generate::scan::Scan;
use syn::{BinOp, Expr, ExprBinary, Lit, UnOp};

pub(crate) fn arithmetic(scan: &mut Scan<'_>, e: &ExprBinary) {
    match e.op {
        BinOp::Add(_) | BinOp::Sub(_) if is_one(&e.right) => {
            let range = scan.range(e);
            let one = scan.range(&*e.right);
            scan.add("1 is 0", &range, vec![Wrap::instead(one, "0")], vec![]);
        }
        BinOp::BitAnd(_) => {
            if let Expr::Unary(not) = &*e.right
                && matches!(not.op, UnOp::Not(_))
            {
                bit(scan, e, &not.expr, "the bit stays");
                let negation = scan.range(&*e.right);
                scan.negated.insert(negation);
            }
        }
        BinOp::BitOr(_) if matches!(*e.right, Expr::Path(_)) => bit(scan, e, &e.right, "the bit is not set"),
        _ => {}
    }
}

fn bit(scan: &mut Scan<'_>, whole: &ExprBinary, bit: &Expr, change: &str) {
    let (range, bit) = (scan.range(whole), scan.range(bit));
    let text = scan.text(&bit).to_owned();
    // No bits, whatever their type.
    let mutated = format!("({text}) & !({text})");
    scan.add(change, &range, vec![Wrap::instead(bit, mutated)], vec![]);
}

/// The value that a `return` returns.
pub(crate) fn result(scan: &mut Scan<'_>, value: Option<&Expr>) {
    let Some(Expr::Lit(literal)) = value else { return };
    if let Lit::Bool(word) = &literal.lit {
        let range = scan.range(word);
        let change = if word.value { "false is returned" } else { "true is returned" };
        let wrap = Wrap::around(range.clone(), "(crate::mutation::on(§) != ", ")");
        scan.add(change, &range, vec![wrap], vec![]);
    }
}

fn is_one(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(lit) if matches!(&lit.lit, Lit::Int(n) if n.base10_digits() == "1"))
}

#[cfg(test)]
mod tests {
    use crate::generate::operators::tests::{assert_mutant, assert_none};

    #[test]
    fn one_is_not_added() {
        assert_mutant("let x = a + 1;", "1 is 0", "let x = a + (if off(1) { 1 } else { 0 });");
        assert_mutant("let x = a - 1;", "1 is 0", "let x = a - (if off(1) { 1 } else { 0 });");
        assert_none("let x = a + 2;", "1 is 0");
    }

    #[test]
    fn a_bit_is_not_changed() {
        assert_mutant(
            "let x = a & !B;",
            "the bit stays",
            "let x = a & !(if off(1) { B } else { (B) & !(B) });",
        );
        assert_mutant(
            "let x = a | B;",
            "the bit is not set",
            "let x = a | (if off(1) { B } else { (B) & !(B) });",
        );
        assert_none("let x = a & !B;", "negated");
    }

    #[test]
    fn the_other_truth_is_returned() {
        assert_mutant("if a { return true; }", "false is returned", "if a { return (on(1) != true); }");
    }
}
