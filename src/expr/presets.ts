const GOLD = 'i_psfFlux / i_psfFluxErr > 5 AND (g_extendedness > 0.5 OR r_extendedness > 0.5)';
const RECOMMENDED = [
  'psfFlux_flag = 0',
  'pixelFlags_saturatedCenter = 0',
  'pixelFlags_crCenter = 0',
  'pixelFlags_interpolatedCenter = 0',
  'pixelFlags_sensor_edgeCenter = 0',
  'invalidPsfFlag = 0',
  'cModel_flag = 0',
  'extendedness = 1',
  'extendedness_flag = 0'
];

function detected(bands: string): string[] {
  return [...bands].map(band => `${band}_snr >= 5`);
}

/**
 * Conditions with a name; a bare name in a condition stands for its text. pz_tsm/expr/presets.py has the
 * same; the photo-z team's stand with their sources in pz_tsm/releases/presets.yaml.
 */
export const PRESETS: { readonly [name: string]: string } = {
  secure_galaxy:
    "z_flag_homogenized IN (3, 4) AND instrument_type = 's' AND (spec_class IS NULL OR spec_class NOT IN ('STAR', 'QSO')) AND redshift > 0.002 AND redshift < 9",
  gold: [...detected('ugrizy'), GOLD].join(' AND '),
  gold_4_band: [...detected('griz'), GOLD].join(' AND '),
  dp2_galaxy_recommended: RECOMMENDED.flatMap(flag => [...'ugrizy'].map(band => `${band}_${flag}`)).join(
    ' AND '
  )
};
