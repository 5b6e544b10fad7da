/*---
description: Orders.
columns:
  - name: order_id
    description: Key.
    data_tests: [unique, not_null]
  - name: status
    description: How far it is.
    data_tests:
      - accepted_values: { values: [placed, shipped, completed, return_pending, returned] }
---*/

select
    id as order_id,
    user_id as customer_id,
    order_date,
    status

from {{ref 'raw_orders'}}
