export { cleanedDraft, type IDrafts, type ISent } from './draft';
export { NewProcessModel } from './formModel';
export { ProcessesModel } from './listModel';
export { ProcessModel } from './processModel';
export { NewProcessWidget, type Place, ProcessesWidget, ProcessListWidget, ProcessWidget } from './widget';
