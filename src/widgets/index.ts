export { EditModel } from './editModel';
export { EditView } from './editView';
export { ExploreModel } from './exploreModel';
export { ExploreView } from './exploreView';
export { setSurroundings } from './surroundings';
export { setBundle } from './trans';
