declare function require(path: string): unknown;

export const MODULE = 'pz-tsm';

/** The package's own version, from its one home. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
export const VERSION = (require('../../package.json') as { version: string }).version;
