import { BaseEdge, getBezierPath, type Edge, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import type { Route } from './layered-layout.js';
import { wayPath } from './way-path.js';

export type DrawnWayType = Edge<{ readonly route: Route | undefined }, 'way'>;

/** One way: into the next column in a bow, past others or back along its lane. */
export const DrawnWay = memo(function DrawnWay(props: EdgeProps<DrawnWayType>) {
  const { data, id, interactionWidth, markerEnd, sourceX, sourceY, targetX, targetY } = props;
  const path = data?.route
    ? wayPath({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, data.route)
    : getBezierPath(props)[0];
  return (
    <BaseEdge
      id={id}
      path={path}
      {...(markerEnd === undefined ? {} : { markerEnd })}
      {...(interactionWidth === undefined ? {} : { interactionWidth })}
    />
  );
});
