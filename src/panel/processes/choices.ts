/** What a release offers for the parameters that name its folders. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRelease, IReleaseChoice, Settings } from '../../api';

/** The parameters whose values are names of a release's folders, with those that can be had. */
export function offersOf(release: IRelease | null): [string, readonly IReleaseChoice[]][] {
  const usable = (all: readonly IReleaseChoice[] = []) => all.filter(one => !one.disabled);
  return [
    ['flux_type', usable(release?.fluxes)],
    ['dereddening', usable(release?.dereddening)]
  ];
}

/** Whether it is there in one of magnitudes and fluxes only. */
function oneKind(release: IRelease): boolean {
  return release.hasMagnitudes !== release.hasFluxes;
}

/** The values, those that the release does not offer replaced by what it would take. */
export function fitted(values: Settings, release: IRelease): Settings {
  const result: Record<string, unknown> = { ...values };
  for (const [path, offered] of offersOf(release)) {
    if (path in values && offered.length > 0 && !offered.some(one => one.name === values[path])) {
      result[path] = (offered.find(one => one.selected) ?? offered[0]).name;
    }
  }
  if (oneKind(release) && 'convert_flux_to_mag' in values) {
    result.convert_flux_to_mag = release.hasMagnitudes;
  }
  return result;
}

/** The choices of a form, by parameter. */
export function choicesOf(
  release: IRelease | null
): Record<string, readonly { readonly value: string; readonly title: string }[]> {
  return Object.fromEntries(
    offersOf(release)
      .filter(([, offered]) => offered.length > 0)
      .map(([path, offered]) => [path, offered.map(one => ({ value: one.name, title: one.displayName }))])
  );
}

/** Parameters that have no choice with this release, and why. */
export function lockedOf(release: IRelease | null, trans: TranslationBundle): Record<string, string> {
  if (release === null || !oneKind(release)) {
    return {};
  }
  return {
    convert_flux_to_mag: release.hasMagnitudes
      ? trans.__('%1 is there in magnitudes only.', release.displayName)
      : trans.__('%1 is there in fluxes only.', release.displayName)
  };
}
