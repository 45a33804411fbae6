//! A parsed expression. What is not in [`Function`] is not understood, and is refused by name when parsed.

use super::moment::Moment;

/// An expression as a tree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    /// `{}`
    Empty,
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    Text(String),
    Moment(Moment),
    /// A number with its unit.
    Quantity(f64, String),
    /// `%name`
    Variable(String),
    This,
    Index,
    Total,
    /// A field of what stands before it, or of the current node.
    Member(Option<Box<Self>>, String),
    Call(Option<Box<Self>>, Function, Vec<Self>),
    At(Box<Self>, Box<Self>),
    Negate(Box<Self>),
    Binary(Operator, Box<Self>, Box<Self>),
    /// `is` (true) or `as` (false) with the name of a type.
    Typed(Box<Self>, bool, String),
}

/// An operator between two expressions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Operator {
    Implies,
    Or,
    Xor,
    And,
    In,
    Contains,
    Equal,
    NotEqual,
    Equivalent,
    NotEquivalent,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Union,
    Plus,
    Minus,
    Join,
    Times,
    Divide,
    Div,
    Mod,
}

impl Operator {
    /// How strongly it binds, by the language's grammar; `is` and `as` bind at 8, between `|` and `+`.
    pub(crate) const fn strength(self) -> u8 {
        match self {
            Self::Implies => 1,
            Self::Or | Self::Xor => 2,
            Self::And => 3,
            Self::In | Self::Contains => 4,
            Self::Equal | Self::NotEqual | Self::Equivalent | Self::NotEquivalent => 5,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 6,
            Self::Union => 7,
            Self::Plus | Self::Minus | Self::Join => 9,
            Self::Times | Self::Divide | Self::Div | Self::Mod => 10,
        }
    }

    /// The operator written so.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "implies" => Self::Implies,
            "or" => Self::Or,
            "xor" => Self::Xor,
            "and" => Self::And,
            "in" => Self::In,
            "contains" => Self::Contains,
            "=" => Self::Equal,
            "!=" => Self::NotEqual,
            "~" => Self::Equivalent,
            "!~" => Self::NotEquivalent,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            "|" => Self::Union,
            "+" => Self::Plus,
            "-" => Self::Minus,
            "&" => Self::Join,
            "*" => Self::Times,
            "/" => Self::Divide,
            "div" => Self::Div,
            "mod" => Self::Mod,
            _ => return None,
        })
    }
}

/// Declares the functions with the name each is written with and how many arguments it takes.
macro_rules! functions {
    ($($variant:ident $name:literal $least:literal $most:literal,)*) => {
        /// A function of the subset.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub(crate) enum Function { $($variant,)* }

        impl Function {
            /// The function of this name, with the fewest and most arguments it takes.
            pub(crate) fn find(name: &str) -> Option<(Self, usize, usize)> {
                match name {
                    $($name => Some((Self::$variant, $least, $most)),)*
                    _ => None,
                }
            }

            /// Its name.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

functions! {
    Where "where" 1 1,
    Select "select" 1 1,
    Repeat "repeat" 1 1,
    All "all" 1 1,
    Any "any" 0 1,
    Exists "exists" 0 1,
    Aggregate "aggregate" 1 2,
    Iif "iif" 2 3,
    OfType "ofType" 1 1,
    As "as" 1 1,
    Is "is" 1 1,
    Empty "empty" 0 0,
    Not "not" 0 0,
    First "first" 0 0,
    Last "last" 0 0,
    Tail "tail" 0 0,
    Skip "skip" 1 1,
    Take "take" 1 1,
    Single "single" 0 0,
    Count "count" 0 0,
    Sum "sum" 0 0,
    Min "min" 0 0,
    Max "max" 0 0,
    Avg "avg" 0 0,
    AllTrue "allTrue" 0 0,
    AnyTrue "anyTrue" 0 0,
    AllFalse "allFalse" 0 0,
    AnyFalse "anyFalse" 0 0,
    Distinct "distinct" 0 0,
    IsDistinct "isDistinct" 0 0,
    Combine "combine" 1 1,
    Union "union" 1 1,
    Intersect "intersect" 1 1,
    Exclude "exclude" 1 1,
    Children "children" 0 0,
    Descendants "descendants" 0 0,
    Extension "extension" 1 1,
    HasValue "hasValue" 0 0,
    Ordinal "ordinal" 0 0,
    Weight "weight" 0 0,
    Trace "trace" 1 2,
    Now "now" 0 0,
    Today "today" 0 0,
    ToText "toString" 0 0,
    ToInteger "toInteger" 0 0,
    ToDecimal "toDecimal" 0 0,
    ToBoolean "toBoolean" 0 0,
    ToDate "toDate" 0 0,
    ToDateTime "toDateTime" 0 0,
    ToTime "toTime" 0 0,
    ToQuantity "toQuantity" 0 1,
    ToChars "toChars" 0 0,
    Join "join" 0 1,
    Split "split" 1 1,
    Trim "trim" 0 0,
    Substring "substring" 1 2,
    StartsWith "startsWith" 1 1,
    EndsWith "endsWith" 1 1,
    Contains "contains" 1 1,
    IndexOf "indexOf" 1 1,
    Matches "matches" 1 1,
    Replace "replace" 2 2,
    ReplaceMatches "replaceMatches" 2 2,
    Lower "lower" 0 0,
    Upper "upper" 0 0,
    Length "length" 0 0,
    Abs "abs" 0 0,
    Ln "ln" 0 0,
    Log "log" 1 1,
    Exp "exp" 0 0,
    Power "power" 1 1,
    Sqrt "sqrt" 0 0,
    Round "round" 0 1,
    Floor "floor" 0 0,
    Ceiling "ceiling" 0 0,
    Truncate "truncate" 0 0,
}
