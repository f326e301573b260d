import { drawn, type Place } from './flow-layout.js';
import { columnX, type Route } from './layered-layout.js';

/** How far a way that turns round swings out of its column. */
const SWING = 46;

/** The line of a way along its lane, as SVG draws it: level beside nodes, bent between columns. Pure. */
export function wayPath(source: Place, target: Place, route: Route): string {
  const parts = [`M${at(source)}`];
  let here = source;
  const bend = (to: Place, out: number, back: number): void => {
    parts.push(`C${at({ x: here.x + out, y: here.y })} ${at({ x: to.x - back, y: to.y })} ${at(to)}`);
    here = to;
  };
  const level = (x: number): void => {
    parts.push(`H${String(x)}`);
    here = { x, y: here.y };
  };
  const half = drawn.across / 2;
  if (route.isBack) {
    for (let column = route.from; column >= route.to; column--) {
      const right = { x: columnX(column) + drawn.width, y: route.yAt(column) };
      if (column === route.from) bend(right, SWING, -SWING);
      else bend(right, -half, -half);
      level(columnX(column));
    }
    bend(target, -SWING, SWING);
  } else {
    for (let column = route.from; column <= route.to; column++) {
      bend({ x: columnX(column), y: route.yAt(column) }, half, half);
      level(columnX(column) + drawn.width);
    }
    bend(target, half, half);
  }
  return parts.join('');
}

function at({ x, y }: Place): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}
