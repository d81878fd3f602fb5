"""The recipe that goes with a mock sky: the whole path from four catalogues to a training set."""

RECIPE = """\
# A training set from a mock sky: nothing here is real.
# Run it with:  pz-tsm run mock.tsm.yaml -o out
format: tsm-recipe/1
name: mock
seed: 20261123
inputs:
  deep:   # digits with prefixes; 9.9999 stands for "no redshift"
    from: {file: mock_deep.parquet}
    columns: {id: NUM, ra: ALPHA, dec: DELTA, z: Z, z_flag: ZFLAGS, survey: survey_name}
  wide:   # a bit mask of warnings, a class, repeated observations
    from: {file: mock_wide.fits}
    survey: MOCK-WIDE
    columns: {id: TARGETID, ra: TARGET_RA, dec: TARGET_DEC, z: Z, z_err: ZERR, z_flag: ZWARN}
  grism:  # letters; no ids; photometric redshifts behind good letters
    from: {file: mock_grism.csv}
    survey: MOCK-GRISM
    columns: {ra: RAJ2000, dec: DEJ2000, z: z_best, z_err: z_err, z_flag: grade}
  prob:   # probabilities
    from: {file: mock_prob.hdf5}
    survey: MOCK-PROB
    columns: {id: obj, ra: ra_deg, dec: dec_deg, z: z_best, z_flag: prob}
steps:
  - homogenize: {rules: mock, unmapped: error}
  - combine: {radius_arcsec: 0.75, eligible: secure_galaxy}
  - match: {release: {hats: mock_release, profile: mock}, radius_arcsec: 0.75}
  - photometry: {to: mag, deredden: sfd}
  - filter: "i_snr >= 10 AND bands_observed = 63 AND refExtendedness = 1"  # 63: all of u g r i z y
  - split: {method: random, parts: {train: 0.7, validation: 0.15, test: 0.15}}
write:
  - {format: parquet}
  - {format: rail-hdf5, catalog_tag: lsst_gaap_1p0}
"""
