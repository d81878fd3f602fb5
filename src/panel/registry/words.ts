/** What is known of a catalogue, in words. */
import { aliasWords } from '../product/words';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Confidence, IFact, IRegistryBrief, IWay, RulesStatus } from '../../api';
import type { ChipKind } from '../../ui/chip';
import { formatCount } from '../../ui/format';

export function typeWords(type: string, trans: TranslationBundle): string {
  switch (type) {
    case 's':
      return trans.__('spectroscopic');
    case 'g':
      return trans.__('grism or prism');
    case 'p':
      return trans.__('photometric');
    default:
      return type;
  }
}

export function serviceWords(kind: string, trans: TranslationBundle): string {
  switch (kind) {
    case 'vizier':
      return 'VizieR';
    case 'tap':
      return 'TAP';
    case 'sdss':
      return 'SDSS';
    case 'url':
      return trans.__('file on the web');
    case 'pzserver':
      return 'PZ Server';
    case 'file':
      return trans.__('file');
    default:
      return trans.__('by hand');
  }
}

/** A way in one line: the service and what is asked of it. */
export function wayWords(way: IWay, trans: TranslationBundle): string {
  const service = serviceWords(way.kind, trans);
  const asked = way.source === null ? undefined : Object.values(way.source)[0];
  const told =
    typeof asked === 'string'
      ? asked
      : typeof asked === 'object' && asked !== null
        ? [
            'service' in asked ? asked.service : null,
            'release' in asked ? trans.__('release %1', String(asked.release)) : null,
            'table' in asked ? asked.table : 'address' in asked ? asked.address : null
          ]
            .filter(Boolean)
            .join(' · ')
        : (way.file ?? '');
  return [told ? trans.__('%1: %2', service, told) : service, way.part].filter(Boolean).join(' · ');
}

/** How far a fact can be trusted; null where it was read in its source and nothing needs to be said. */
export function confidenceWords(
  confidence: Confidence,
  trans: TranslationBundle
): { readonly label: string; readonly title: string; readonly kind: ChipKind } | null {
  switch (confidence) {
    case 'verified':
      return null;
    case 'seen':
      return {
        label: trans.__('as others use it'),
        title: trans.__('Several public codes use it so; it was not read in the source itself.'),
        kind: 'plain'
      };
    case 'seen-once':
      return {
        label: trans.__('seen once'),
        title: trans.__('One public code uses it so; it was not read in the source itself.'),
        kind: 'plain'
      };
    case 'unverified':
      return {
        label: trans.__('unverified'),
        title: trans.__('Nobody has checked this against the source: look there before you rely on it.'),
        kind: 'warning'
      };
  }
}

/** What is said of a fact where there is room for a sentence: where it was read, and what else is known. */
export function factNote(fact: IFact, trans: TranslationBundle): string {
  const words = confidenceWords(fact.confidence, trans);
  const source = fact.source ? trans.__('Source: %1.', fact.source) : null;
  return [fact.note, words?.title, source].filter(Boolean).join(' ');
}

export function rangeText({ value }: IFact): string {
  return Array.isArray(value) ? value.map(one => String(one)).join(' – ') : String(value);
}

/** A number of redshifts, or what is said instead of one. */
export function rowsText(rows: IFact | null, trans: TranslationBundle): string {
  if (rows === null) {
    return trans.__('number not known');
  }
  return typeof rows.value === 'number' ? formatCount(rows.value) : String(rows.value);
}

export function rulesWords(
  status: RulesStatus,
  trans: TranslationBundle
): { readonly label: string; readonly title: string; readonly kind: ChipKind } {
  switch (status) {
    case 'checked':
      return {
        label: trans.__('flag rules checked'),
        title: trans.__('Its flags are translated by rules that are in use and checked.'),
        kind: 'good'
      };
    case 'proposed':
      return {
        label: trans.__('flag rules proposed'),
        title: trans.__('Its flags are translated by rules that no scientist has reviewed yet.'),
        kind: 'warning'
      };
    case 'none':
      return {
        label: trans.__('no flag rules'),
        title: trans.__('Its flags are not translated: the recipe must say what they mean.'),
        kind: 'plain'
      };
  }
}

/** What a homogenized flag stands for. */
export function scaleWords(flag: number | null, trans: TranslationBundle): string {
  switch (flag) {
    case null:
      return trans.__('nothing: left empty');
    case 0:
      return trans.__('0, no redshift');
    case 1:
      return trans.__('1, below 70 %');
    case 2:
      return trans.__('2, 70 to 90 %');
    case 3:
      return trans.__('3, 90 to 99 %');
    case 4:
      return trans.__('4, above 99 %');
    case 6:
      return trans.__('6, star');
    default:
      return String(flag);
  }
}

/** What is not known of a catalogue that may fit the search or not. */
export function unknownWords(entry: IRegistryBrief, trans: TranslationBundle): string | null {
  const words = entry.unknown.map(one => {
    switch (one) {
      case 'footprint':
        return trans.__('footprint');
      case 'z_range':
        return trans.__('range of redshifts');
      case 'rows':
        return trans.__('number of redshifts');
      case 'matches':
        return trans.__('objects of the release');
      default:
        return one;
    }
  });
  return words.length === 0 ? null : trans.__('May fit: its %1 is not known.', words.join(', '));
}

export function roleWords(role: string, trans: TranslationBundle): string {
  return aliasWords(role, trans) ?? (role === 'class' ? trans.__('class of object') : role);
}
