"""Names and UCDs by which catalogues say what a column means. Data only; ``proposals`` weighs them.

Names are compared in lower case without punctuation. The tiers of a role stand in order: the first that has a
column decides, several columns in one are ambiguous.
"""

from __future__ import annotations

UCDS = {
    "id": (r"meta\.id;meta\.main", r"id_main"),
    "ra": (r"pos\.eq\.ra;meta\.main", r"pos_eq_ra_main", r"pos\.eq\.ra"),
    "dec": (r"pos\.eq\.dec;meta\.main", r"pos_eq_dec_main", r"pos\.eq\.dec"),
    "z": (r"src\.redshift(;meta\.main)?", r"redshift_hc"),
    "z_err": (r"stat\.error;src\.redshift(;meta\.main)?",),
    "z_flag": (r"meta\.code\.qual;src\.redshift", r"stat\.rank"),
    "survey": (r"meta\.curation",),
}

# Names that say it by themselves.
NAMES: dict[str, tuple[str, ...]] = {
    "id": (
        "^(sourcerowid|crdid|id)$",
        "^(specobjid|specid|tmid|uniqueid)$",
        "^(objid|objectid|targetid|sourceid|galid|physid|photid|objno|objname|catid)$",
        "^(name|num|number|recno|seqnum|designation)$",
    ),
    "ra": (
        "^ra$",
        "^(raj2000|raicrs|radeg|rajdeg|raj2000deg|radegj2000|alpha|alphaj2000|alphadeg|rightascension|coordra"
        "|targetra|ratarg|plugra|specra|objra|ra2000|raopt|ra1|sra|meanfiberra)$",
        "^(raj2000|alphaj2000|ra).{2,}$",
    ),
    "dec": (
        "^(dec|de)$",
        "^(dej2000|decj2000|deicrs|decicrs|decdeg|dedeg|dejdeg|decj2000deg|decdegj2000|delta|deltaj2000|deltadeg"
        "|declination|coorddec|targetdec|dectarg|plugdec|specdec|objdec|dec2000|decopt|dec1|sdec|meanfiberdec)$",
        "^(dej2000|decj2000|deltaj2000|dec).{2,}$",
    ),
    "z": (
        "^redshift$",
        "^(z|zspec|specz|zsp|zbest|bestz|spectroz|zspectro|redshiftspec|specredshift|zmuse|zmosfire)$",
        "^(zfinal|finalz|zadopted|zhelio|helioz|zcat|zcmb)$",
    ),
    "z_err": (
        "^redshifterr$",
        "^(zerr|ez|errz|zerror|zspecerr|zspecerror|ezspec|ezsp|redshifterror|errredshift|eredshift|zunc|ecz)$",
    ),
    "z_flag": (
        "^zflag$",
        "^(zflags|flagz|zflg|qz|zq|zqual|zquality|zbestquality|zspecflag|zspecquality|quality|qual|qop|qflag"
        "|qualityflag|zwarn|zwarning|confidenceflag|cclass|qf|zconf|nq|qcz)$",
    ),
    "survey": ("^surveyname$", "^survey$"),
}

# Names that may mean it: never enough by themselves.
LIKELY = {
    "id": r".*id$|^id.+|.*(ident|number|name)$",
    "ra": r"^(ra|alpha).+|.+ra$",
    "dec": r"^(de|dec|delta).+|.+(dec|de)$",
    "z": r"^(z|redshift).*(spec|best|sp|hel|obs|fin|em|abs).*|.*(spec|best|hel)z$|.*redshift.*",
    "z_err": r"^(e|err|sig|sigma|d)(z|redshift).*|^(z|redshift).*(err|unc|sig|sigma)$",
    "z_flag": r".*(flag|flg|qual|quality|qf|warn)$|^(conf|confidence|q|grade|fzsp)$|^q.*z.*"
    r"|^z.*(flag|qual|conf).*",
    "survey": r"^(source|origin|catalog|catalogue|campaign|project|instrument)$|.*survey.*",
    "instrument_type": r".*type.*",
}
# What these words stand in is something else.
NOT = {
    "ra": r"err|sig|pm|rank|rad|name|date|rate|random|ratio|rank|^e",
    "dec": r"err|sig|pm|deg?ree|name|date|decl?ine|desc|^e|minus|detect|delt[ar]?chi",
    "z": r"err|unc|sig|flag|flg|qual|conf|warn|phot|peak|prob|chi|pdf|^e|mag|type|low|upp|[lu](68|95)"
    r"|minus|max|min",
    "z_err": r"phot|mag|flux",
    "z_flag": r"phot|mag|flux|star|halo|mask|agn|use",
    "id": r"grid|valid|void|period|filename|resid|width|group|field|tile|plate|brick",
    "survey": r"date|id$",
}
VELOCITY = r"^(cz|czhelio|vhelio|cvhelio|vh|hrv|rv|vrad|helvel|heliovel|velocity|vel|v|radialvelocity)$"
VELOCITY_ERROR = r"^(ecz|ev|evh|ehrv|erv|vrr|everr|verr|czerr|velerr|velocityerr|sigv)$"
B1950 = r"b?1950|fk4"
HOURS = r"hour|hrs?$|^_?rah$|_h$|hms"
HOUR_UNITS = ("h", "hr", "hour", "hours", "hourangle", "hms")
RADIANS = ("rad", "radian", "radians")
DEGREES = ("deg", "degree", "degrees", "d", "°")
ORDER = ("ra", "dec", "z", "z_err", "z_flag", "id", "survey", "instrument_type")  # in which roles are given
