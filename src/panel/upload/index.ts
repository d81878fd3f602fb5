export { emptyDraft, type IDraft, type IDraftKeeper, isDraft } from './draft';
export type { IUploadBackend } from './backend';
export { UploadModel } from './model';
export { UploadWidget } from './widget';
