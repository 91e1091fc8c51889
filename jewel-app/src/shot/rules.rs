//! Decisions about shots, pure: their states and moves, why they fail, what their files are called.

use std::fmt;
use std::str::FromStr;

use jewel_core::blob::{Key, KeyError};
use jewel_core::{Account, Column, Id, input, output};
use schemars::JsonSchema;

use super::entity::Shot;

/// Where a shot is.
#[output]
#[derive(Copy, PartialEq, Eq, Column)]
pub enum ShotStatus {
    /// It waits for its turn.
    Queued,
    /// It is being made.
    Rendering,
    /// Its pictures can be downloaded; its credits are spent.
    Completed,
    /// It could not be made; its credits are free again.
    Failed,
    /// It was called off; its credits are free again.
    Cancelled,
}

use ShotStatus::{Cancelled, Completed, Failed, Queued, Rendering};

/// Every move there is. The database holds the same table.
pub const MOVES: [(ShotStatus, ShotStatus); 6] = [
    (Queued, Rendering),
    (Queued, Cancelled),
    (Queued, Failed),
    (Rendering, Completed),
    (Rendering, Cancelled),
    (Rendering, Failed),
];

impl ShotStatus {
    /// Whether nothing more happens to it.
    pub fn is_over(self) -> bool {
        MOVES.iter().all(|(was, _)| *was != self)
    }

    /// The states from which this one is reached, as the database's words.
    pub fn reached_from(self) -> Vec<&'static str> {
        let from = MOVES.iter().filter(|(_, now)| *now == self);
        from.map(|(was, _)| was.as_str()).collect()
    }
}

/// Why a shot could not be made.
#[output]
#[derive(Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum FailureCode {
    /// Nothing in the photo stands out from its background.
    NoPieceFound,
    /// The photo cannot be read.
    PhotoUnreadable,
    /// It went wrong on our side, again and again.
    RenderFailed,
}

impl FailureCode {
    /// What it means, for whoever ordered.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::NoPieceFound => {
                "no piece was found in the photo: lay it on a plain surface that differs from it \
                 in colour, and photograph it again"
            }
            Self::PhotoUnreadable => "the photo cannot be read: upload it again",
            Self::RenderFailed => {
                "the shot could not be made, through no fault of yours: try again"
            }
        }
    }
}

// The database holds it to no list of words: codes come and go.
impl jewel_core::entity::Column for FailureCode {
    const SQL: &'static str = "text";
}

/// In which form a shot is downloaded.
#[input]
#[output]
#[derive(Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
}

impl FileFormat {
    /// Its media type.
    pub const fn media(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// How a file's name ends.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }
}

/// A picture of a shot, as signed links name it: `<shot>.jpg`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String", description = "A picture: the shot's id and `.jpg` or `.webp`.")]
pub struct FileName {
    /// The shot.
    pub(super) shot: Id<Shot>,
    /// The form.
    pub(super) format: FileFormat,
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.shot, self.format.extension())
    }
}

impl FromStr for FileName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (shot, extension) = text.rsplit_once('.').ok_or(())?;
        let shot = shot.parse().map_err(drop)?;
        let formats = [FileFormat::Jpeg, FileFormat::Webp];
        let format = formats.into_iter().find(|format| format.extension() == extension).ok_or(())?;
        let name = Self { shot, format };
        // One picture has one name, or its signature would fit several.
        if name.to_string() == text { Ok(name) } else { Err(()) }
    }
}

/// Where a picture is kept. The same for every attempt: they make the same picture.
pub(super) fn object(
    account: Id<Account>,
    shot: Id<Shot>,
    format: FileFormat,
) -> Result<Key, KeyError> {
    Key::new(format!("shots/{account}/{shot}.{}", format.extension()))
}

/// The name under which a picture is saved: that of the photo, and the style.
pub(super) fn saved_as(photo: Option<&str>, style: &str, format: FileFormat) -> String {
    let stem = photo.and_then(|name| name.split('.').next()).unwrap_or("");
    let plain: String = stem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' })
        .take(60)
        .collect();
    let stem = plain.trim_matches('-');
    let stem = if stem.is_empty() { "shot" } else { stem };
    format!("{stem}-{style}.{}", format.extension())
}

#[cfg(test)]
mod tests {
    use super::{FileFormat, FileName, ShotStatus, saved_as};

    #[test]
    fn what_is_over_stays_so() {
        let over = [ShotStatus::Completed, ShotStatus::Failed, ShotStatus::Cancelled];
        assert!(over.into_iter().all(ShotStatus::is_over));
        assert!(![ShotStatus::Queued, ShotStatus::Rendering].into_iter().any(ShotStatus::is_over));
        assert_eq!(ShotStatus::Completed.reached_from(), ["rendering"]);
    }

    #[test]
    fn a_picture_has_one_name() {
        let name = "0198c0de-0000-7000-8000-000000000001.jpg";
        assert_eq!(name.parse::<FileName>().map(|name| name.to_string()), Ok(name.to_owned()));
        for other in [
            "0198C0DE-0000-7000-8000-000000000001.jpg",
            "0198c0de000070008000000000000001.jpg",
            "0198c0de-0000-7000-8000-000000000001.png",
            "0198c0de-0000-7000-8000-000000000001",
            ".jpg",
        ] {
            assert!(other.parse::<FileName>().is_err(), "{other}");
        }
    }

    #[test]
    fn pictures_are_saved_under_plain_names() {
        let check = |photo, name| assert_eq!(saved_as(photo, "noir", FileFormat::Jpeg), name);
        check(Some("ring.jpg"), "ring-noir.jpg");
        check(Some("Müllers Ring 1.jpeg"), "M-llers-Ring-1-noir.jpg");
        check(Some("\".jpg"), "shot-noir.jpg");
        check(None, "shot-noir.jpg");
    }
}
