"""Detector of what bodies are recognised by: fingerprints, faces, voices, irises, genes."""

import re
from typing import Final

from grading.engine.sensitivity.evidence import Claim, Look

_FLOAT: Final = r"-?\d{0,3}\.\d+(?:[eE][+-]?\d{1,3})?"
_FILES: Final = (
    "jpe?g|png|bmp|gif|tiff?|webp|jp2|wav|mp3|amr|m4a|aac|flac|pcm|ogg|mp4|dat|bin|fpt|fmr|wsq|iris|npy|tpl|feat"
)
#: Templates in base64 or in hexadecimal, vectors of features, files and addresses of pictures and recordings.
ENCODED: Final = re.compile(
    r"[A-Za-z0-9+/_=-]{16,}(?:\.{2,3})?|(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+/_=:.|#-]{10,}(?:\.{2,3})?|(?:0x)?[0-9A-Fa-f]{12,}(?:\.{2,3})?|"
    r"(?:[0-9A-Fa-f]{2}[ :-]){7,}[0-9A-Fa-f]{2}(?:\.{2,3})?|[01]{16,}|"
    rf"[\[({{]?{_FLOAT}(?:[,;| ] ?{_FLOAT}){{2,}}[,;. \])}}]*|"
    r"[\[(]?-?\d{1,4}(?:[,;| ] ?-?\d{1,4}){5,}[,;. \])]*|"
    rf"\S+\.(?:{_FILES})|data:\S+|(?:s3|oss|cos|obs|hdfs|https?|ftp)://\S+",
    re.IGNORECASE,
)
#: Sequences, positions with their bases, changes of a gene, alleles in stars, karyotypes, repeats at a locus.
GENES: Final = re.compile(
    r"[ACGTN]{12,}|rs\d{3,}.*|[ACGT]{1,2}[/|]?[ACGT]{1,2}|"
    r"[A-Z0-9-]{3,9}[ :*]{1,2}[cp]\.\S+.*|[A-Z][A-Z0-9-]{0,8}\*\d+\S*|"
    r"[A-Z0-9]{3,8}(?:基因)?.{0,12}(?:突变|野生型|缺失|扩增|重排|融合|杂合|纯合|阳性|阴性|多态).{0,8}|"
    r"\*\d{1,2}/\*\d{1,2}|[Eeε]\d/[Eeε]\d|\d{1,2}(?:\.\d)?[,/-]\d{1,2}(?:\.\d)?|"
    r"(?:未检出|未见|未发现)(?:突变|变异|异常)|[野杂纯].{0,2}[生合]型?.{0,4}|46,? ?X[XY].*|"
    r"[HD][A-Z0-9]{2,9}[:=] ?\d{1,2}(?:\.\d)?[,/-]\d{1,2}(?:\.\d)?.*",
    re.IGNORECASE,
)


def biometric(look: Look) -> Claim | None:
    """Templates, features and pictures of bodies, by header and form: a count, a score or a yes has not the form."""
    header = look.named("biometric")
    if not header:
        return None
    genetic = header in look.taxonomy.lexicons["gene_words"]

    def formed(text: str) -> bool:
        return ENCODED.fullmatch(text) is not None or (genetic and GENES.fullmatch(text) is not None)

    cells, distinct = look.matching(formed, "DAH")
    if not cells or cells < 0.6 * look.open_cells or distinct < (0.1 if genetic else 0.3) * look.open_distinct:
        return None
    return look.claim("biometric", 0.85, cells, look.formed(cells))
