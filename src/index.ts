import { compare } from './plugins/compare';
import { explorer } from './plugins/explorer';
import { jobs } from './plugins/jobs';
import { launcher } from './plugins/launcher';
import { notebook } from './plugins/notebook';
import { panel } from './plugins/panel';
import { processes } from './plugins/processes';
import { product } from './plugins/product';
import { recipe } from './plugins/recipe';
import { services } from './plugins/services';
import { splits } from './plugins/splits';
import { upload } from './plugins/upload';

// what another extension requires: `import { ITsmSplitPreviews } from 'pz-tsm'`
export * from './tokens';

export default [
  services,
  jobs,
  panel,
  product,
  upload,
  processes,
  explorer,
  compare,
  recipe,
  splits,
  launcher,
  notebook
];
