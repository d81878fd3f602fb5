export { JobDetail } from './detail';
export { JobList } from './list';
export { isActive } from './active';
export { JobsModel, runKey } from './model';
export { JobWidget } from './view';
