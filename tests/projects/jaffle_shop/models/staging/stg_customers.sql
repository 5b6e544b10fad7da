/*---
description: Customers.
columns:
  - name: customer_id
    description: Key.
    data_tests: [unique, not_null]
---*/

select
    id as customer_id,
    first_name,
    last_name

from {{ref 'raw_customers'}}
