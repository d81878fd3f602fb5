export { ExploreModel } from './exploreModel';
export { ExploreView } from './exploreView';
export { setBundle } from './trans';
