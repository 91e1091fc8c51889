//! The looks a shot can have: each a named set of colours and strengths, nothing else. A new
//! look is one more entry in [`LOOKS`]; how a surface is painted is `backdrop`'s business.

/// One look, told apart by its stable `slug`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Stable name for addresses and records, lower-case letters only.
    pub slug: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// What it looks like, in one sentence.
    pub description: &'static str,
    pub(super) paint: Paint,
}

/// What the backdrop is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Surface {
    /// Smooth paper with the faintest grain.
    Paper,
    /// Woven cloth.
    Linen,
    /// Polished stone with veins.
    Marble,
    /// Dark gloss.
    Glass,
}

/// Colours as sRGB levels, strengths from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paint {
    pub(super) surface: Surface,
    /// Where the light falls, around the piece.
    pub(super) light: [u8; 3],
    /// Away from the light, at the rim.
    pub(super) rim: [u8; 3],
    /// How dark the shadow is where the piece touches the ground.
    pub(super) shadow: f32,
    /// Colour of the light that still reaches the shadow.
    pub(super) shade: [u8; 3],
    /// How much of the piece the ground mirrors.
    pub(super) mirror: f32,
    /// How much light the piece's outline catches from behind.
    pub(super) glow: f32,
}

/// Every look there is, in the order shown.
pub const LOOKS: &[Look] = &[
    Look {
        slug: "pearl",
        name: "Pearl",
        description: "White seamless paper in soft grey light, for catalogues and shops.",
        paint: Paint {
            surface: Surface::Paper,
            light: [253, 253, 252],
            rim: [222, 223, 226],
            shadow: 0.62,
            shade: [96, 98, 108],
            mirror: 0.10,
            glow: 0.0,
        },
    },
    Look {
        slug: "noir",
        name: "Noir",
        description: "Near-black gloss with a glimmer along the outline.",
        paint: Paint {
            surface: Surface::Glass,
            light: [52, 53, 58],
            rim: [10, 10, 12],
            shadow: 0.80,
            shade: [2, 2, 3],
            mirror: 0.22,
            glow: 0.30,
        },
    },
    Look {
        slug: "blush",
        name: "Blush",
        description: "Warm rose paper in the glow of late afternoon.",
        paint: Paint {
            surface: Surface::Paper,
            light: [249, 224, 215],
            rim: [226, 180, 170],
            shadow: 0.58,
            shade: [138, 78, 76],
            mirror: 0.07,
            glow: 0.0,
        },
    },
    Look {
        slug: "sage",
        name: "Sage",
        description: "Quiet grey-green paper that lets warm metals stand out.",
        paint: Paint {
            surface: Surface::Paper,
            light: [205, 216, 200],
            rim: [142, 160, 142],
            shadow: 0.60,
            shade: [56, 72, 62],
            mirror: 0.06,
            glow: 0.0,
        },
    },
    Look {
        slug: "linen",
        name: "Linen",
        description: "Natural woven cloth in daylight, for handmade pieces.",
        paint: Paint {
            surface: Surface::Linen,
            light: [240, 232, 218],
            rim: [204, 192, 172],
            shadow: 0.66,
            shade: [104, 86, 68],
            mirror: 0.0,
            glow: 0.0,
        },
    },
    Look {
        slug: "marble",
        name: "Marble",
        description: "Polished white stone with grey veins and a soft reflection.",
        paint: Paint {
            surface: Surface::Marble,
            light: [248, 247, 245],
            rim: [213, 213, 214],
            shadow: 0.62,
            shade: [92, 92, 98],
            mirror: 0.15,
            glow: 0.0,
        },
    },
];

/// The look of that slug, if there is one.
#[must_use]
pub fn look(slug: &str) -> Option<&'static Look> {
    LOOKS.iter().find(|look| look.slug == slug)
}
