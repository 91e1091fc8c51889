//! What ties one request's traces, logs and jobs together: its id and its W3C trace context.
//!
//! Pure values: parsing, making and printing. Who carries them where is the flows' business.

use std::fmt;

use serde::{Serialize, Serializer};
use uuid::Uuid;

/// The id of one request: the caller's own `X-Request-Id` where it is well-formed, else a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Box<str>);

/// The longest `X-Request-Id` that is taken over from a caller, in bytes.
const MAX_REQUEST_ID: usize = 64;

impl RequestId {
    /// A new random id.
    pub fn new() -> Self {
        let mut buffer = Uuid::encode_buffer();
        Self(Box::from(&*Uuid::now_v7().as_simple().encode_lower(&mut buffer)))
    }

    /// The caller's id, if it is 1 to 64 letters, digits, `-`, `_` or `.`.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=MAX_REQUEST_ID).contains(&text.len());
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        (fits && text.bytes().all(plain)).then(|| Self(text.into()))
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A W3C trace context: which trace, which span within it, and whether it is recorded.
///
/// ```
/// # use jewel_core::trace::TraceParent;
/// let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// let parent = TraceParent::parse(text).unwrap();
/// assert_eq!(parent.to_string(), text);
/// assert_eq!(parent.child().trace(), parent.trace());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceParent {
    trace: u128,
    span: u64,
    sampled: bool,
}

impl TraceParent {
    /// The first span of a new trace.
    pub fn new() -> Self {
        let (high, low) = Uuid::new_v4().as_u64_pair();
        Self { trace: Uuid::now_v7().as_u128(), span: (high ^ low) | 1, sampled: true }
    }

    /// Reads a `traceparent` header; `None` where the standard says to start a new trace.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        let version = hex(text.get(0..2)?)?;
        let exact = version != 0 || text.len() == 55;
        let dashes = [2, 35, 52].iter().all(|at| text.get(*at) == Some(&b'-'));
        if !dashes || !exact || version == 0xff {
            return None;
        }
        let trace = u128::from(hex(&text[3..19])?) << 64 | u128::from(hex(&text[19..35])?);
        let (span, flags) = (hex(&text[36..52])?, hex(text.get(53..55)?)?);
        (trace != 0 && span != 0).then_some(Self { trace, span, sampled: flags & 1 == 1 })
    }

    /// A new span of the same trace.
    #[must_use]
    pub fn child(self) -> Self {
        Self { span: rand::random::<u64>() | 1, ..self }
    }

    /// The trace's id.
    pub fn trace(self) -> u128 {
        self.trace
    }
}

impl Serialize for TraceParent {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// The value of at most 16 hexadecimal digits, lower case as the standard says.
fn hex(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |value, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(value << 4 | u64::from(digit))
    })
}

impl Default for TraceParent {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (high, low) = ((self.trace >> 64) as u64, self.trace as u64);
        let mut text = *b"00-................................-................-0.";
        for (digits, value) in [(3..19, high), (19..35, low), (36..52, self.span)] {
            for (at, digit) in text[digits].iter_mut().rev().enumerate() {
                *digit = b"0123456789abcdef"[(value >> (4 * at)) as usize & 15];
            }
        }
        text[54] = if self.sampled { b'1' } else { b'0' };
        f.write_str(str::from_utf8(&text).unwrap_or_default())
    }
}
