/** A table whose rows are a tree, with the keys of the ARIA tree grid pattern. Rows take the focus, one at a time. */
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export interface GridRow {
  readonly key: string;
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  readonly expanded: boolean | undefined;
  readonly className: string;
  readonly cells: ComponentChildren[];
}

export interface GridColumn {
  readonly name: string;
  readonly title: string;
  readonly number: boolean;
  /** Missing where the column does not sort. */
  readonly order?: "none" | "ascending" | "descending";
}

interface Props {
  readonly label: string;
  readonly columns: readonly GridColumn[];
  readonly rows: readonly GridRow[];
  readonly selected: string;
  readonly onSort?: (column: string) => void;
  readonly onSelect: (key: string) => void;
  readonly onExpand: (keys: readonly string[], open: boolean) => void;
  readonly onOpen: (key: string) => void;
}

const PAGE = 10;

export function TreeGrid(props: Props): JSX.Element {
  const { label, columns, rows, selected } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const current = rows.some(({ key }) => key === selected) ? selected : (rows[0]?.key ?? "");
  useLayoutEffect(() => {
    const row = body.current?.querySelector<HTMLElement>('[tabindex="0"]');
    if (!row) return;
    if (body.current?.contains(document.activeElement) && document.activeElement !== row) row.focus();
    row.scrollIntoView({ block: "nearest" });
  }, [current]);

  const press = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const at = rows.findIndex(({ key }) => key === current);
    const row = rows[at];
    if (row && act(event.key, row, at, props)) event.preventDefault();
  };
  return (
    <div class="scroll">
      <table role="treegrid" aria-label={label} onKeyDown={press}>
        <thead>
          <tr role="row">
            {columns.map((column) => (
              <Header column={column} onSort={props.onSort} key={column.name} />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row) => (
            <Line row={row} columns={columns} current={row.key === current} key={row.key} {...handlers(row, props)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Handlers {
  readonly onSelect: () => void;
  readonly onOpen: () => void;
  readonly onToggle: () => void;
}

function handlers(row: GridRow, { onSelect, onOpen, onExpand }: Props): Handlers {
  return {
    onSelect: () => {
      onSelect(row.key);
    },
    onOpen: () => {
      onSelect(row.key);
      onOpen(row.key);
    },
    onToggle: () => {
      onSelect(row.key);
      onExpand([row.key], row.expanded === false);
    },
  };
}

/** What a key does on a row; whether it does something. */
function act(key: string, row: GridRow, at: number, { rows, onSelect, onExpand, onOpen }: Props): boolean {
  const to = (index: number): boolean => {
    const next = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (next) onSelect(next.key);
    return true;
  };
  switch (key) {
    case "ArrowDown":
      return to(at + 1);
    case "ArrowUp":
      return to(at - 1);
    case "PageDown":
      return to(at + PAGE);
    case "PageUp":
      return to(at - PAGE);
    case "Home":
      return to(0);
    case "End":
      return to(rows.length - 1);
    case "ArrowRight":
      if (row.expanded === false) onExpand([row.key], true);
      else if (row.expanded) to(at + 1);
      return true;
    case "ArrowLeft":
      if (row.expanded) onExpand([row.key], false);
      else to(parentOf(rows, at));
      return true;
    case "*":
      onExpand(rows.filter(({ level, expanded }) => level === row.level && expanded === false).map((each) => each.key), true);
      return true;
    case "Enter":
      onOpen(row.key);
      return true;
    case " ":
      if (row.expanded !== undefined) onExpand([row.key], !row.expanded);
      return true;
    default:
      return false;
  }
}

function parentOf(rows: readonly GridRow[], at: number): number {
  const level = rows[at]?.level ?? 1;
  for (let index = at - 1; index >= 0; index--) if ((rows[index]?.level ?? 0) < level) return index;
  return at;
}

function Header({ column, onSort }: { column: GridColumn; onSort: ((column: string) => void) | undefined }): JSX.Element {
  const { name, title, number, order } = column;
  const arrow = order === "ascending" ? " ▴" : order === "descending" ? " ▾" : "";
  return (
    <th role="columnheader" scope="col" class={`col-${name} ${number ? "number" : ""}`} aria-sort={order}>
      {order === undefined ? (
        title
      ) : (
        <button type="button" onClick={() => onSort?.(name)}>
          {title}
          <span aria-hidden="true">{arrow}</span>
        </button>
      )}
    </th>
  );
}

function Line({ row, columns, current, onSelect, onOpen, onToggle }: { row: GridRow; columns: readonly GridColumn[]; current: boolean } & Handlers): JSX.Element {
  return (
    <tr
      role="row"
      class={row.className}
      tabIndex={current ? 0 : -1}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={row.expanded}
      aria-selected={current}
      data-key={row.key}
      onClick={onOpen}
      onFocus={onSelect}
    >
      {row.cells.map((cell, index) => (
        <td role="gridcell" class={`col-${columns[index]?.name ?? ""} ${columns[index]?.number ? "number" : ""}`} key={columns[index]?.name}>
          {index === 0 ? <First row={row} onToggle={onToggle} cell={cell} /> : cell}
        </td>
      ))}
    </tr>
  );
}

/** The first cell: as far in as the row is deep, with the arrow that opens it. */
function First({ row, cell, onToggle }: { row: GridRow; cell: ComponentChildren; onToggle: () => void }): JSX.Element {
  return (
    <span class="first" style={{ "--depth": String(row.level - 1) }}>
      <span
        class={`arrow ${row.expanded === undefined ? "none" : row.expanded ? "open" : "closed"}`}
        aria-hidden="true"
        onClick={(event) => {
          if (row.expanded === undefined) return;
          event.stopPropagation();
          onToggle();
        }}
      />
      {cell}
    </span>
  );
}
