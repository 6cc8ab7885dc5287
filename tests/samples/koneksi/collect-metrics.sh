curl -X GET '{{url}}/clients/v1/organization-admin/dashboard/collect-metrics' \
  -H 'Client-ID: id_5f9b3c4d-e8a1-4b2f-9e7d-12a34b56c789' \
  -H 'Client-Secret: sk_x7k9p2m4q8r5t1y3w6u0v9z2b4c6n8m'
