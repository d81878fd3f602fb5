import { compare } from './plugins/compare';
import { explorer } from './plugins/explorer';
import { jobs } from './plugins/jobs';
import { launcher } from './plugins/launcher';
import { notebook } from './plugins/notebook';
import { panel } from './plugins/panel';
import { recipe } from './plugins/recipe';
import { services } from './plugins/services';

export default [services, jobs, panel, explorer, compare, recipe, launcher, notebook];
