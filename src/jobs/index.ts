export { JobDetail } from './detail';
export { JobList } from './list';
export { isActive, JobsModel, runKey } from './model';
export { JobWidget } from './view';
