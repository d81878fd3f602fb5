import type { IFact, IRegistry, IRegistryBrief, IRegistryEntry } from '../../../api';

export function fact(value: IFact['value'], confidence: IFact['confidence'] = 'verified'): IFact {
  return { value, confidence, source: confidence === 'verified' ? 'VizieR ReadMe' : null, note: null };
}

const BRIEF: IRegistryBrief = {
  id: 'vipers_pdr2',
  name: 'VIPERS PDR-2',
  survey: 'VIPERS_PDR2',
  type: 's',
  rows: fact(91507),
  z_range: fact([0.4, 1.4], 'unverified'),
  area_deg2: fact(23.5),
  fields: ['VIPERS W1', 'XMM-LSS'],
  access: ['vizier'],
  rules: 'checked',
  footprint: [{ name: 'W1', ra: [30.1, 38.9], dec: [-6, -4.1] }],
  matches: { dp2: fact(15497) },
  unverified: 4,
  unknown: [],
  own: null
};

export const VIPERS: IRegistryEntry = {
  ...BRIEF,
  reference: {
    text: 'Scodeggio et al. 2018, A&A 609, A84',
    bibcode: '2018A&A...609A..84S',
    doi: '10.1051/0004-6361/201630114',
    confidence: 'verified'
  },
  ways: [
    {
      kind: 'other',
      part: null,
      source: null,
      columns: {},
      columns_confidence: 'unverified',
      columns_note: null,
      converts: {},
      page: 'http://vipers.inaf.it/',
      file: null,
      size: null,
      rows: null,
      note: 'on its own site',
      confidence: 'unverified'
    },
    {
      kind: 'vizier',
      part: 'W1',
      source: { vizier: 'J/A+A/609/A84/vipersw1' },
      columns: { ra: ['RAJ2000', '_RAJ2000'], dec: ['DEJ2000'], z: ['zsp'], z_flag: ['zflg'] },
      columns_confidence: 'seen-once',
      columns_note: null,
      converts: {},
      page: null,
      file: null,
      size: null,
      rows: null,
      note: null,
      confidence: 'seen'
    }
  ],
  no_access: null,
  coordinates: fact('J2000', 'unverified'),
  z_frame: null,
  flags: {
    meaning: 'The digit of the units: 4 and 3 above 99 %.',
    confidence: 'verified',
    status: 'checked',
    pack: 'pz-server 1.1',
    note: null,
    rules: [
      { when: 'DIGIT(z_flag) = 4', is: 4, meaning: 'above 99 %' },
      { when: 'classFlag = -1', is: 6, meaning: 'star' }
    ]
  },
  object_type: null,
  caveats: [fact('A selection by colour removes z < 0.5.')],
  citation: fact('Scodeggio et al. 2018', 'unverified'),
  acknowledgement: null,
  licence: null,
  bibtex: '@article{2018A&A...609A..84S,\n}\n',
  overlaps: { dp1: [], dp2: [{ name: 'XMM-LSS', ra: 35.6, dec: -4.8, radius_deg: 1.8 }] }
};

export const DESI: IRegistryBrief = {
  ...BRIEF,
  id: 'desi_dr1',
  name: 'DESI DR1',
  survey: 'DESI',
  rows: fact(28425963, 'seen-once'),
  fields: [],
  access: ['vizier', 'tap'],
  footprint: null,
  unverified: 0,
  unknown: ['footprint']
};

export const REGISTRY: IRegistry = {
  entries: [BRIEF, DESI],
  of: 48,
  releases: [
    {
      name: 'dp1',
      title: 'Rubin Data Preview 1',
      fields: [{ name: 'ECDFS', ra: 53.13, dec: -28.1, radius_deg: 0.8 }],
      note: null
    },
    {
      name: 'dp2',
      title: 'Rubin Data Preview 2',
      fields: [
        { name: 'XMM-LSS', ra: 35.6, dec: -4.8, radius_deg: 1.8 },
        { name: 'COSMOS', ra: 150.1, dec: 2.1, radius_deg: 1.8 }
      ],
      note: 'Only the deep fields.'
    }
  ],
  problems: []
};
