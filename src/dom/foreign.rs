//! The names that attributes of SVG and MathML elements take, since HTML reads all names in lower case.
//!
//! Of names with a prefix, only what follows it counts here: `xlink:href` is `href`. Source: [HTML, adjust SVG
//! attributes, adjust MathML attributes, adjust foreign attributes][html].
//!
//! [html]: https://html.spec.whatwg.org/multipage/parsing.html#adjust-svg-attributes

use html5ever::{Namespace, ns};

/// The name that an attribute takes on an element of this namespace; `None` where it keeps its own.
pub(super) fn attribute_name(namespace: &Namespace, name: &str) -> Option<&'static str> {
    let own = match *namespace {
        ns!(svg) => SVG.iter().find(|it| it.eq_ignore_ascii_case(name)).copied(),
        ns!(mathml) if name == "definitionurl" => Some("definitionURL"),
        _ => None,
    };
    own.or(match name {
        "xlink:actuate" => Some("actuate"),
        "xlink:arcrole" => Some("arcrole"),
        "xlink:href" => Some("href"),
        "xlink:role" => Some("role"),
        "xlink:show" => Some("show"),
        "xlink:title" => Some("title"),
        "xlink:type" => Some("type"),
        "xml:lang" => Some("lang"),
        "xml:space" => Some("space"),
        "xmlns:xlink" => Some("xlink"),
        _ => None,
    })
}

/// Names with capitals.
const SVG: [&str; 58] = [
    "attributeName",
    "attributeType",
    "baseFrequency",
    "baseProfile",
    "calcMode",
    "clipPathUnits",
    "diffuseConstant",
    "edgeMode",
    "filterUnits",
    "glyphRef",
    "gradientTransform",
    "gradientUnits",
    "kernelMatrix",
    "kernelUnitLength",
    "keyPoints",
    "keySplines",
    "keyTimes",
    "lengthAdjust",
    "limitingConeAngle",
    "markerHeight",
    "markerUnits",
    "markerWidth",
    "maskContentUnits",
    "maskUnits",
    "numOctaves",
    "pathLength",
    "patternContentUnits",
    "patternTransform",
    "patternUnits",
    "pointsAtX",
    "pointsAtY",
    "pointsAtZ",
    "preserveAlpha",
    "preserveAspectRatio",
    "primitiveUnits",
    "refX",
    "refY",
    "repeatCount",
    "repeatDur",
    "requiredExtensions",
    "requiredFeatures",
    "specularConstant",
    "specularExponent",
    "spreadMethod",
    "startOffset",
    "stdDeviation",
    "stitchTiles",
    "surfaceScale",
    "systemLanguage",
    "tableValues",
    "targetX",
    "targetY",
    "textLength",
    "viewBox",
    "viewTarget",
    "xChannelSelector",
    "yChannelSelector",
    "zoomAndPan",
];
