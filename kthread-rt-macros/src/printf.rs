//! Parses a printf-style literal: C's grammar, with the conversions that make sense in a name.
//!
//! `%`, flags `- + space # 0`, a width, a precision (either may be `*`), a length, a letter. Text
//! that does not fit the grammar becomes a piece as well, with an error message: the caller must
//! know whether there is *any* valid conversion before it can treat the literal as printf.

/// The kernel's bounds on widths and precisions; the runtime cuts `*` arguments to the same.
const WIDTH_MAX: usize = (1 << 23) - 1;
const PRECISION_MAX: usize = (1 << 15) - 1;

/// A piece of a printf literal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Literal text.
    Text(String),
    /// `%%`.
    Percent,
    /// A valid conversion.
    Conversion(Conversion),
    /// A `%` that starts no valid conversion, and why.
    Mistake(String),
}

impl Piece {
    /// The conversion as written, `%%` included.
    pub(crate) fn as_conversion(&self) -> Option<&str> {
        match self {
            Self::Percent => Some("%%"),
            Self::Conversion(conversion) => Some(&conversion.text),
            Self::Text(_) | Self::Mistake(_) => None,
        }
    }

    /// The error message, if this is a mistake.
    pub(crate) fn as_mistake(&self) -> Option<&str> {
        match self {
            Self::Mistake(mistake) => Some(mistake),
            _ => None,
        }
    }
}

/// A conversion, in C's terms.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Conversion {
    /// As written: `%-5ld`.
    pub(crate) text: String,
    pub(crate) flags: Vec<Flag>,
    pub(crate) width: Option<Count>,
    pub(crate) precision: Option<Count>,
    pub(crate) length: Length,
    pub(crate) kind: Kind,
}

impl Conversion {
    /// How many arguments it consumes: its value, and one for each `*`.
    pub(crate) fn arguments(&self) -> usize {
        let stars = [self.width, self.precision].into_iter().filter(|count| *count == Some(Count::Argument));
        1 + stars.count()
    }
}

/// The flags that follow the `%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flag {
    Left,
    Plus,
    Space,
    Alternate,
    Zero,
}

/// A width or a precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    /// Digits in the literal.
    Fixed(usize),
    /// `*`: an argument of its own.
    Argument,
}

/// The length modifier, by its effect on the argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// None: C's `int`.
    Int,
    /// `h`.
    Short,
    /// `hh`.
    Byte,
    /// `l`, `ll`, `j`: 64 bits all three, on the targets we have.
    Long,
    /// `z`, `t`.
    Size,
}

/// The letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Signed,
    Unsigned,
    Octal,
    LowerHex,
    UpperHex,
    Character,
    Str,
    Pointer,
}

impl Kind {
    /// Whether the value is an integer, so that a length may be given.
    pub(crate) fn is_integer(self) -> bool {
        !matches!(self, Self::Character | Self::Str | Self::Pointer)
    }
}

/// Splits `literal` into pieces.
pub(crate) fn parse(literal: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = literal;
    while let Some(percent) = rest.find('%') {
        if percent > 0 {
            pieces.push(Piece::Text(rest[..percent].to_owned()));
        }
        let mut cursor = Cursor { start: &rest[percent..], rest: &rest[percent + 1..] };
        pieces.push(if cursor.eat("%") {
            Piece::Percent
        } else {
            cursor.conversion().map_or_else(Piece::Mistake, Piece::Conversion)
        });
        rest = cursor.rest;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    pieces
}

/// Reads one conversion; `start` is where its `%` stands.
struct Cursor<'a> {
    start: &'a str,
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// Steps over `what` if it comes next.
    fn eat(&mut self, what: &str) -> bool {
        match self.rest.strip_prefix(what) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Steps over the first of `choices` that comes next, and returns its meaning.
    fn eat_one_of<T: Copy>(&mut self, choices: &[(&str, T)]) -> Option<T> {
        choices.iter().find(|(what, _)| self.eat(what)).map(|&(_, meaning)| meaning)
    }

    /// Steps over everything that satisfies `test`.
    fn eat_while(&mut self, test: fn(&char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !test(&c)).unwrap_or(self.rest.len());
        let (eaten, rest) = self.rest.split_at(end);
        self.rest = rest;
        eaten
    }

    /// What has been read so far, from the `%` on.
    fn so_far(&self) -> &'a str {
        &self.start[..self.start.len() - self.rest.len()]
    }

    /// Reads everything after the `%`.
    fn conversion(&mut self) -> Result<Conversion, String> {
        let mut flags = Vec::new();
        while let Some(flag) = self.eat_one_of(&[
            ("-", Flag::Left),
            ("+", Flag::Plus),
            (" ", Flag::Space),
            ("#", Flag::Alternate),
            ("0", Flag::Zero),
        ]) {
            flags.push(flag);
        }
        let width = self.count("width", WIDTH_MAX)?;
        let precision = match self.eat(".") {
            // C: a lone dot is a precision of zero.
            true => Some(self.count("precision", PRECISION_MAX)?.unwrap_or(Count::Fixed(0))),
            false => None,
        };
        let before_length = self.rest;
        let length = self.eat_one_of(&[
            ("hh", Length::Byte),
            ("h", Length::Short),
            ("ll", Length::Long),
            ("l", Length::Long),
            ("j", Length::Long),
            ("z", Length::Size),
            ("t", Length::Size),
        ]);
        let modifier = &before_length[..before_length.len() - self.rest.len()];
        let kind = self.kind()?;
        let text = self.so_far().to_owned();
        if length.is_some() && !kind.is_integer() {
            return Err(format!(
                "`{text}` is no conversion: the length `{modifier}` goes with integers only"
            ));
        }
        Ok(Conversion { text, flags, width, precision, length: length.unwrap_or(Length::Int), kind })
    }

    /// Reads digits or `*`, if any.
    fn count(&mut self, what: &str, max: usize) -> Result<Option<Count>, String> {
        if self.eat("*") {
            return Ok(Some(Count::Argument));
        }
        let digits = self.eat_while(char::is_ascii_digit);
        if digits.is_empty() {
            return Ok(None);
        }
        // Digits fail to parse only by being too many.
        match digits.parse() {
            Ok(count) if count <= max => Ok(Some(Count::Fixed(count))),
            _ => Err(format!("the {what} of `{}` is too large: at most {max}", self.so_far())),
        }
    }

    /// Reads the letter.
    fn kind(&mut self) -> Result<Kind, String> {
        let kind = self.eat_one_of(&[
            ("d", Kind::Signed),
            ("i", Kind::Signed),
            ("u", Kind::Unsigned),
            ("o", Kind::Octal),
            ("x", Kind::LowerHex),
            ("X", Kind::UpperHex),
            ("c", Kind::Character),
            ("s", Kind::Str),
            ("p", Kind::Pointer),
        ]);
        match kind {
            Some(Kind::Pointer) => self.pointer_extension(),
            Some(kind) => Ok(kind),
            None => Err(self.no_such_letter()),
        }
    }

    /// The kernel reads letters and digits after `%p` as part of the conversion (`%pS`, `%pI4`).
    /// `%px` is the plain address, which is what our `%p` prints. Other text that looks like an
    /// extension would vanish in the kernel, so it is refused.
    fn pointer_extension(&mut self) -> Result<Kind, String> {
        match self.eat_while(char::is_ascii_alphanumeric) {
            "" | "x" => Ok(Kind::Pointer),
            extension => Err(format!(
                "`{}` is not available: the kernel takes `{extension}` as an extension of `%p`; \
                 a name takes `%p` or `%px`, followed by neither letter nor digit",
                self.so_far()
            )),
        }
    }

    /// The error for a character (or the end) that ends no conversion. Steps over it.
    fn no_such_letter(&mut self) -> String {
        let unfinished = self.so_far();
        let Some(letter) = self.rest.chars().next() else {
            return format!("`{unfinished}` at the end starts no conversion; a percent sign is written `%%`");
        };
        self.rest = &self.rest[letter.len_utf8()..];
        let text = self.so_far();
        match letter {
            'a' | 'A' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                format!("`{text}` is not available: there is no floating point in the kernel's names")
            }
            _ => format!(
                "unknown conversion `{text}`: a name takes %d %i %u %x %X %o %c %s %p, \
                 and a percent sign is written `%%`"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Conversion, Count, Flag, Kind, Length, Piece, parse};

    fn mistake(literal: &str) -> String {
        let pieces = parse(literal);
        pieces.iter().find_map(Piece::as_mistake).expect("a mistake").to_owned()
    }

    #[test]
    fn a_conversion_is_read_in_full() {
        let conversion = Conversion {
            text: "%-+ #08.3lld".to_owned(),
            flags: vec![Flag::Left, Flag::Plus, Flag::Space, Flag::Alternate, Flag::Zero],
            width: Some(Count::Fixed(8)),
            precision: Some(Count::Fixed(3)),
            length: Length::Long,
            kind: Kind::Signed,
        };
        let expected = [
            Piece::Text("a".to_owned()),
            Piece::Conversion(conversion),
            Piece::Percent,
            Piece::Text("b".to_owned()),
        ];
        assert_eq!(parse("a%-+ #08.3lld%%b"), expected);
    }

    #[test]
    fn each_star_takes_an_argument_of_its_own() {
        let arguments = |literal| match parse(literal).as_slice() {
            [Piece::Conversion(conversion)] => conversion.arguments(),
            other => panic!("{other:?}"),
        };
        assert_eq!(arguments("%d"), 1);
        assert_eq!(arguments("%*d"), 2);
        assert_eq!(arguments("%-*.*s"), 3);
        assert_eq!(arguments("%px"), 1);
    }

    #[test]
    fn mistakes_name_the_conversion() {
        for (literal, text) in [
            ("50%", "`%` at the end"),
            ("a%-5", "`%-5` at the end"),
            ("%q", "unknown conversion `%q`"),
            ("%n", "unknown conversion `%n`"),
            ("%5%", "unknown conversion `%5%`"),
            ("%ü", "unknown conversion `%ü`"),
            ("%.2f", "`%.2f` is not available"),
            ("%ls", "`%ls` is no conversion"),
            ("%pS", "`%pS` is not available"),
            ("%99999999d", "the width of `%99999999` is too large"),
            ("%.32768d", "the precision of `%.32768` is too large"),
            ("%99999999999999999999999d", "is too large"),
        ] {
            assert!(mistake(literal).contains(text), "{literal}: {}", mistake(literal));
        }
    }
}
