export { JobDetail } from './detail';
export { JobList } from './list';
export { isActive } from './active';
export { JobsModel, runKey } from './model';
export { citationsOf, FEW, newsOf, pythonOf, summaryOf } from './news';
export { aloneInBrowser, Teller } from './teller';
export { JobWidget } from './view';
